import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { settled } from '../../bus/bus.suite.ts';
import { createConnections } from '../../connections.ts';
import { createHub, type Hub } from '../../hub/hub.ts';
import { createRedisBus, createSocketIORedisAdapter, parseRedisUrl } from '../../redis.ts';
import { createMemoryLog } from '../../testing/memory-log.ts';
import { type RedisServer, startRedisServer } from '../../testing/redis-server.ts';
import { connectSocketClient } from '../../testing/socket-client.ts';
import { createSocketIODoor, type SocketIODoor } from './door.ts';

interface Instance {
  url: string;
  hub: Hub;
  door: SocketIODoor;
  isBusHealthy(): boolean;
  close(): Promise<void>;
}

const log = createMemoryLog();
const room = 'chat:1';
let server: RedisServer;
let instances: Instance[];
let clients: Socket[];
const heard = new Map<Socket, string[]>();

async function openInstance(): Promise<Instance> {
  const bus = createRedisBus({ target: parseRedisUrl(server.url) });
  const hub = createHub({ bus, log });
  const adapter = createSocketIORedisAdapter(parseRedisUrl(server.url), false);
  const door = createSocketIODoor({
    hub,
    connections: createConnections(),
    events: { said: { socketio: { name: 'said', audience: 'topic', echo: 'all' }, chatNamespace: 'chat.said' } },
    authenticate: async (token) => ({ userId: token, sessionId: token }),
    topicsOf: async () => [room],
    rootTopicOf: (userId) => `user:${userId}`,
    authorize: async () => true,
    commands: {},
    joinTopicOf: () => room,
    describeError: () => ({ code: 'internal', message: '' }),
    allowOrigin: () => true,
    adapter: adapter.adapter,
  });
  const http = createServer();
  door.attach(http);
  http.on('upgrade', door.handleUpgrade);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    hub,
    door,
    isBusHealthy: bus.isHealthy,
    async close() {
      await door.close();
      hub.close();
      await bus.close();
      adapter.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

beforeAll(async () => {
  server = await startRedisServer();
  instances = [await openInstance(), await openInstance()];
  clients = await Promise.all(
    instances.map(({ url }, index) =>
      connectSocketClient(url, {
        token: `user${index}`,
        prepare: (client) => client.onAny((name: string) => heard.get(client)?.push(name)),
      }),
    ),
  );
  for (const client of clients) await client.emitWithAck('room:join', {});
});
afterAll(async () => {
  for (const client of clients) client.disconnect();
  for (const instance of instances) await instance.close();
  await server.stop();
});
beforeEach(() => {
  for (const client of clients) heard.set(client, []);
});

const [namesOf, pause] = [
  () => clients.map((client) => heard.get(client)),
  (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
];

describe('Socket.IO over two instances', () => {
  it('tells what the hub brings once, though rooms span instances', async () => {
    instances[0]!.hub.publish(log.append({ topic: room, name: 'said', data: {} }));
    await settled(() => namesOf().every((names) => names?.length === 1));
    await pause(100);
    expect(namesOf()).toEqual([['said'], ['said']]);
  });

  it('finds the sockets of a room and of a user on all of them', async () => {
    for (const { door } of instances) {
      const sockets = await door.io.in(room).fetchSockets();
      expect(sockets.map(({ data }) => data.userId).sort()).toEqual(['user0', 'user1']);
      expect(await door.io.in('user:user1').fetchSockets()).toHaveLength(1);
    }
  });

  it('carries what integrators emit', async () => {
    instances[0]!.door.io.to('user:user1').emit('news');
    instances[1]!.door.io.to(room).emit('for all');
    await settled(() => namesOf().flat().length === 3);
    expect(namesOf()).toEqual([['for all'], expect.arrayContaining(['news', 'for all'])]);
  });

  it('serves its own sockets, and stays up, while Redis is away', async () => {
    await server.kill9();
    await settled(() => instances.every(({ isBusHealthy }) => !isBusHealthy()));
    for (const { door } of instances) {
      for (let count = 0; count < 100; count += 1) door.io.to(room).emit('alone');
      await expect(door.io.in(room).fetchSockets()).rejects.toThrow();
    }
    instances[0]!.hub.publish(log.append({ topic: room, name: 'said', data: {} }));
    await settled(() => namesOf().every((names) => names?.includes('said')));
    await server.restart();
    await settled(() => instances.every(({ isBusHealthy }) => isBusHealthy()));
    const found = () => instances[0]!.door.io.in(room).fetchSockets();
    await expect.poll(() => found().catch(() => [])).toHaveLength(2);
    expect(namesOf().map((names) => names?.filter((name) => name === 'said').length)).toEqual([1, 1]);
  });

  it('ends its own sockets when one of them closes, and no others', async () => {
    const third = await openInstance();
    const guest = await connectSocketClient(third.url, { token: 'guest' });
    await third.close();
    await settled(() => !guest.connected);
    await pause(200);
    expect(clients.map(({ connected }) => connected)).toEqual([true, true]);
  });
});
