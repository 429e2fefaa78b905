import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Socket, Server as SocketServer } from 'socket.io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectSocketClient, disconnectSocketClient, waitForEvent } from '../../testing/socket-client.ts';
import {
  authenticateSocket,
  createSocketServer,
  emitToRoom,
  emitToUserRooms,
  getChatRoomName,
  getSocketIOServer,
  joinRoom,
  leaveRoom,
  setSocketIOServer,
} from './embedding.ts';

describe('embedding', () => {
  let http: Server;
  let io: SocketServer;
  let url: string;
  const connected: Socket[] = [];

  beforeEach(async () => {
    http = createServer();
    const verify = (prefix: string) => async (token: string) => {
      if (!token.startsWith(prefix)) throw new Error('not mine');
      return { userId: token.slice(prefix.length), sessionId: token };
    };
    io = createSocketServer(http, authenticateSocket(verify('jwt:'), verify('session:')), (socket) => {
      connected.push(socket);
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    connected.length = 0;
    await io.close();
    setSocketIOServer(undefined);
  });

  it('accepts what any verifier accepts, and refuses the rest', async () => {
    const clients = [
      await connectSocketClient(url, { token: 'jwt:ann' }),
      await connectSocketClient(url, { token: 'session:bob' }),
    ];
    expect(connected.map(({ data }) => data.userId)).toEqual(['ann', 'bob']);
    await expect(connectSocketClient(url, { token: 'other' })).rejects.toThrow('UNAUTHORIZED');
    await expect(connectSocketClient(url)).rejects.toThrow('UNAUTHORIZED');
    for (const client of clients) await disconnectSocketClient(client);
  });

  it('emits to users and rooms through the one server', async () => {
    expect(getSocketIOServer()).toBe(io);
    const [ann, bob] = [
      await connectSocketClient(url, { token: 'jwt:ann' }),
      await connectSocketClient(url, { token: 'jwt:bob' }),
    ];
    const heard: unknown[] = [];
    for (const client of [ann, bob]) client.onAny((name, payload) => heard.push([name, payload]));
    emitToUserRooms('nobody', [], {});
    const both = [waitForEvent(ann, 'news'), waitForEvent(bob, 'news')];
    emitToUserRooms('news', ['ann', 'bob'], { n: 1 });
    expect(await Promise.all(both)).toEqual([{ n: 1 }, { n: 1 }]);
    const room = getChatRoomName('7');
    await joinRoom(connected[0] as Socket, room);
    const inRoom = waitForEvent(ann, 'said');
    emitToRoom(room, 'said', { n: 2 });
    expect(await inRoom).toEqual({ n: 2 });
    await leaveRoom(connected[0] as Socket, room);
    emitToRoom(room, 'said', { n: 3 });
    const last = waitForEvent(ann, 'end');
    emitToUserRooms('end', ['ann'], {});
    await last;
    expect(heard.map((entry) => (entry as [string])[0]).sort()).toEqual(['end', 'news', 'news', 'said']);
    for (const client of [ann, bob]) await disconnectSocketClient(client);
  });
});
