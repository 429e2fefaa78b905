import type { Socket as NetSocket } from 'node:net';
import type { Socket } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import {
  connectSocketClient,
  disconnectSocketClient,
  emitWithAck,
  type SocketClientOptions,
  waitForEvent,
} from '../../testing/socket-client.ts';
import { type Stage, setStage } from '../../testing/stage.ts';
import type { Position } from '../../types.ts';
import { type DoorClient, doorSuite, pause, type Told, until } from '../door.suite.ts';

interface Ack {
  ok: boolean;
  data?: { id?: string } & Position;
  error?: string;
  correlationId?: string;
}

interface EngineTransport {
  ws: { send(data: unknown): void; _socket: NetSocket };
}

async function connect(stage: Stage, token: string, since?: Record<string, Position>): Promise<DoorClient> {
  const told: Told[] = [];
  let reason: string | undefined;
  let failure: string | undefined;
  function prepare(fresh: Socket): void {
    fresh.onAny((name: string, payload: Omit<Told, 'name'> & { error?: string }) => {
      if (name === 'error') failure = payload.error;
      else told.push(toldBy(name, payload));
    });
    fresh.on('disconnect', (why) => {
      reason = failure ?? why;
    });
  }
  const client = await connectSocketClient(stage.url, { auth: { token, since }, prepare });
  const transport = () => client.io.engine.transport as unknown as EngineTransport;
  // Kept: after a disconnect the engine no longer names it.
  const raw = transport().ws._socket;
  return {
    told,
    closed: () => reason,
    async subscribe(chatId, since) {
      const ack = await emitWithAck<Ack>(client, 'room:join', { chatId, since });
      return ack.ok ? (ack.data as Position) : codeOf(ack);
    },
    unsubscribe: (chatId) => emitWithAck(client, 'room:leave', { chatId }),
    async command(name, payload) {
      const ack = await emitWithAck<Ack>(client, name, payload);
      return ack.ok ? (ack.data ?? {}) : { code: codeOf(ack) };
    },
    sendRaw: (bytes) => {
      if (client.connected) transport().ws.send(bytes);
    },
    stopReading: () => raw.pause(),
    goOnReading: () => raw.resume(),
    close: () => client.disconnect(),
  };
}

function toldBy(name: string, { text, topic, offset, topics, afterMs }: Omit<Told, 'name'>): Told {
  return JSON.parse(JSON.stringify({ name, text, topic, offset, topics, afterMs })) as Told;
}

function codeOf({ error, correlationId }: Ack): string {
  expect(correlationId).toBeTypeOf('string');
  return String(error).toLowerCase();
}

doorSuite({ name: 'socketio', connect, endedAs: 'SESSION_ENDED', expiredAs: 'TOKEN_EXPIRED' });

describe('Socket.IO', () => {
  let stage: Stage;
  const clients: Socket[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) await disconnectSocketClient(client);
    await stage.close();
  });

  async function client(token: string, path = '', options: SocketClientOptions = {}): Promise<Socket> {
    const connected = await connectSocketClient(stage.url + path, { token, ...options });
    clients.push(connected);
    return connected;
  }

  function record(socket: Socket, name: string): unknown[] {
    const heard: unknown[] = [];
    socket.on(name, (payload) => heard.push(payload));
    return heard;
  }

  it('takes the Authorization header, and long-polling', async () => {
    stage = await setStage();
    const extraHeaders = { authorization: 'Bearer ann' };
    await client('', '', { token: undefined, extraHeaders, transports: ['polling'] } as SocketClientOptions);
    const [socket] = await stage.socketIO.io.fetchSockets();
    expect(socket?.data).toMatchObject({ userId: 'ann' });
    expect(socket?.rooms.has('user:ann')).toBe(true);
  });

  it('tells topic events to the room only, user events to all followers once', async () => {
    stage = await setStage();
    stage.topics.set('ann', ['chat:1']);
    const [joined, idle] = [await client('ann'), await client('ann')];
    await emitWithAck(joined, 'room:join', { chatId: '1' });
    const [said, idleSaid] = [record(joined, 'said'), record(idle, 'said')];
    const [noted, idleNoted] = [record(joined, 'noted'), record(idle, 'noted')];
    stage.say('chat:1');
    stage.say('chat:1', { name: 'noted', data: { note: 1 } });
    await until(() => noted.length > 0 && idleNoted.length > 0);
    await pause(30);
    expect([said.length, idleSaid.length, noted.length, idleNoted.length]).toEqual([1, 0, 1, 1]);
  });

  it('leaves out the sending socket, or all sockets of the actor, as the table says', async () => {
    stage = await setStage();
    for (const user of ['ann', 'bob']) stage.topics.set(user, ['chat:1']);
    const [origin, other, bob] = [await client('ann'), await client('ann'), await client('bob')];
    for (const socket of [origin, other, bob]) await emitWithAck(socket, 'room:join', { chatId: '1' });
    const heard = [origin, other, bob].map((socket) => [record(socket, 'said'), record(socket, 'typing')]);
    await emitWithAck(origin, 'send', { chatId: '1', text: 'hello' });
    stage.hub.publish({ topic: 'chat:1', name: 'typing', data: { userId: 'ann' }, actor: 'ann' });
    await until(() => heard[2]?.[1]?.length === 1);
    await pause(30);
    expect(heard.map((lists) => lists.map((list) => list.length))).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
    ]);
  });

  it('tells `/chat` without joining, but not the actor', async () => {
    stage = await setStage();
    for (const user of ['ann', 'bob']) stage.topics.set(user, ['chat:1']);
    const [ann, bob] = [await client('ann', '/chat'), await client('bob', '/chat')];
    const [toAnn, toBob] = [record(ann, 'chat.said'), record(bob, 'chat.said')];
    stage.say('chat:1', { actor: 'ann' });
    await until(() => toBob.length === 1);
    expect(toAnn).toEqual([]);
    expect(toBob[0]).toMatchObject({ text: 'chat:1 said', topic: 'chat:1', offset: 1 });
  });

  it('works without acks: failures arrive as `error`', async () => {
    stage = await setStage();
    const ann = await client('ann');
    const failure = waitForEvent<{ error: string }>(ann, 'error');
    ann.emit('room:join', { chatId: 'secret' });
    expect(await failure).toMatchObject({ error: 'FORBIDDEN' });
    const second = waitForEvent<{ error: string }>(ann, 'error');
    ann.emit('send');
    expect(await second).toMatchObject({ error: 'VALIDATION_ERROR' });
    for (const name of ['error', 'disconnecting', '__proto__', 'toString']) ann.io.engine.write(`42["${name}",{}]`);
    await pause(50);
    await client('bob');
  });

  it('lets the user go when the last socket is gone and others keep theirs', async () => {
    stage = await setStage();
    stage.open.add('chat:open');
    const [one, two] = [await client('ann'), await client('ann')];
    for (const socket of [one, two]) await emitWithAck(socket, 'room:join', { chatId: 'open' });
    await disconnectSocketClient(one);
    const heard = record(two, 'said');
    stage.say('chat:open');
    await until(() => heard.length === 1);
    await disconnectSocketClient(two);
    await until(() => stage.hub.stats().subscriptions === 1);
  });

  it('leaves a slow upgrade of the other door alone', async () => {
    let release: (identity: { userId: string; sessionId: string }) => void = () => {};
    stage = await setStage({
      authenticate: () =>
        new Promise((resolve) => {
          release = resolve;
        }),
    });
    const socket = new WebSocket(`${stage.url.replace('http', 'ws')}/ws?token=ann`);
    const opened = new Promise<string>((resolve) => {
      socket.onmessage = ({ data }) => resolve(String(data));
    });
    await pause(1200);
    const answer = setInterval(() => release({ userId: 'ann', sessionId: 's' }), 10);
    expect(await opened).toContain('auth_ok');
    clearInterval(answer);
    socket.close();
  });
});
