import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHub, type Hub } from '../hub/hub.ts';
import { createMemoryLog } from '../testing/memory-log.ts';
import {
  type RedisClusterServers,
  type RedisServer,
  startRedisCluster,
  startRedisServer,
} from '../testing/redis-server.ts';
import type { HubEvent } from '../types.ts';
import { busSuite, settled } from './bus.suite.ts';
import { isCluster, parseRedisUrl } from './redis/connect.ts';
import { createRedisBus, type RedisBus, type RedisBusOptions } from './redis.ts';

busSuite('redis', async () => {
  const server = await startRedisServer();
  return {
    connect: async () => createRedisBus({ target: parseRedisUrl(server.url) }),
    cut: server.kill9,
    heal: server.restart,
    stop: server.stop,
  };
});

let cluster: RedisClusterServers;
beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster.stop());

busSuite('redis cluster', async () => {
  return {
    connect: async () => createRedisBus({ target: { host: '127.0.0.1', port: cluster.port }, cluster: true }),
    async cut() {
      for (const server of cluster.servers) server.pause();
    },
    async heal() {
      for (const server of cluster.servers) server.resume();
    },
    stop: async () => {},
  };
});

describe('bus on Redis', () => {
  let server: RedisServer;
  let other: Redis;
  const open: RedisBus[] = [];

  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    other = new Redis(server.port, '127.0.0.1');
    other.on('error', () => {});
  });
  afterEach(async () => {
    for (const bus of open.splice(0)) await bus.close();
    other.disconnect();
  });

  function connect(options: Partial<RedisBusOptions> = {}): { bus: RedisBus; heard: HubEvent[] } {
    const bus = createRedisBus({ target: parseRedisUrl(server.url), ...options });
    const heard: HubEvent[] = [];
    bus.listen({ onEvent: (event) => heard.push(event), onConnected() {} });
    open.push(bus);
    return { bus, heard };
  }

  it('publishes on the channel that the topic is given', async () => {
    const messages: string[] = [];
    await other.psubscribe('*');
    other.on(
      'pmessage',
      (_pattern, channel, message) => message !== '' && messages.push(`${channel} ${JSON.parse(message).data.n}`),
    );
    const channelOf = (topic: string) => topic.replace(/^chat:/, 'chat.notifications:');
    const { bus } = connect({ channelOf });
    await bus.subscribe(['chat:1']);
    bus.publish({ topic: 'chat:1', name: 'said', data: { n: 1 } });
    bus.publish({ topic: 'app', name: 'said', data: { n: 2 }, alsoTopics: ['chat:1', 'app', 'chat:2'], id: 'x' });
    await settled(() => messages.length === 4);
    expect(messages).toEqual(['chat.notifications:1 1', 'app 2', 'chat.notifications:1 2', 'chat.notifications:2 2']);
  });

  it('serves what other services publish on the ingress, and drops what is malformed', async () => {
    const { bus, heard } = connect({
      onIngress: ({ topic, data }) => (topic.startsWith('app:') ? { topic, name: 'told', data } : undefined),
    });
    await bus.subscribe(['app:news']);
    const bad = [
      '',
      'no json',
      '[]',
      '{"topic":"app:news"}',
      '{"topic":"app:news","data":[]}',
      '{"topic":7,"data":{}}',
    ];
    const large = JSON.stringify({ topic: 'app:news', data: { text: 'x'.repeat(70_000) } });
    const foreign = JSON.stringify({ topic: 'user:1', data: {} });
    for (const message of [...bad, large, foreign]) await other.publish('realtime', message);
    await other.publish('realtime:app:news', '{"topic":"app:news","name":"told","data":{},"offset":1.5}');
    await other.publish('realtime', JSON.stringify({ topic: 'app:news', data: { n: 1 } }));
    await settled(() => heard.length > 0);
    expect(heard).toEqual([{ topic: 'app:news', name: 'told', data: { n: 1 } }]);
    expect(bus.stats().malformed).toBe(bad.length + 2);
  });

  it('is unhealthy within 3 s when the server is stopped, keeps within its bound, and heals', async () => {
    const [one, two] = [connect({ maxPendingBytes: 100_000 }), connect()];
    await Promise.all([one.bus.subscribe(['a']), two.bus.subscribe(['a'])]);
    server.pause();
    const before = performance.now();
    try {
      await settled(() => !one.bus.isHealthy());
      expect(performance.now() - before).toBeLessThan(3_500);
      for (let n = 0; n < 1_000; n += 1)
        one.bus.publish({ topic: 'a', name: 'said', data: { text: 'x'.repeat(1_000) } });
      expect(one.bus.stats().pendingBytes).toBeLessThanOrEqual(100_000);
      expect(one.bus.stats().dropped).toBeGreaterThan(900);
    } finally {
      server.resume();
    }
    await settled(() => one.bus.isHealthy() && two.bus.isHealthy() && one.bus.stats().pendingBytes === 0);
    two.heard.length = 0;
    one.bus.publish({ topic: 'a', name: 'after', data: {} });
    await settled(() => two.heard.some(({ name }) => name === 'after'));
  });

  it('comes back when the server cuts it off because it read too slowly', async () => {
    const [one, two] = [connect(), connect()];
    await Promise.all([one.bus.subscribe(['a']), two.bus.subscribe(['a'])]);
    await other.client('KILL', 'TYPE', 'pubsub');
    await settled(() => !one.bus.isHealthy());
    await settled(() => one.bus.isHealthy() && two.bus.isHealthy());
    one.bus.publish({ topic: 'a', name: 'said', data: {} });
    await settled(() => two.heard.length === 1);
  });

  it('subscribes to very many topics, and lets go of them', async () => {
    const { bus } = connect();
    const topics = Array.from({ length: 20_000 }, (_, index) => `many:${index}`);
    await bus.subscribe(topics);
    expect((await other.pubsub('CHANNELS', 'realtime:many:*')).length).toBe(20_000);
    bus.unsubscribe(topics);
    await bus.subscribe(['last']);
    expect((await other.pubsub('CHANNELS', 'realtime:many:*')).length).toBe(0);
  });

  it('brings nothing of topics that nobody here follows', async () => {
    const [one, two] = [connect(), connect()];
    await one.bus.subscribe(['a']);
    await two.bus.subscribe(['b']);
    for (let n = 0; n < 100; n += 1) two.bus.publish({ topic: 'b', name: 'said', data: {} });
    two.bus.publish({ topic: 'a', name: 'said', data: {} });
    await settled(() => one.heard.length === 1);
    expect(one.bus.stats().received).toBe(1);
  });
});

describe('more instances', () => {
  it('bring each instance no more, as long as their interest is disjoint', async () => {
    const server = await startRedisServer();
    const each = 500;
    const received = new Map<number, number[]>();
    for (const count of [1, 2, 4]) {
      const buses = Array.from({ length: count }, () => createRedisBus({ target: parseRedisUrl(server.url) }));
      await settled(() => buses.every((bus) => bus.isHealthy()));
      await Promise.all(buses.map((bus, index) => bus.subscribe([`of ${index}`])));
      // Each tells another one's topic, so that everything crosses.
      for (let n = 0; n < each; n += 1) {
        for (const [index, bus] of buses.entries()) {
          bus.publish({ topic: `of ${(index + 1) % count}`, name: 'said', data: {} });
        }
      }
      const crossing = count === 1 ? 0 : each;
      await settled(() => buses.every((bus) => bus.stats().received >= crossing));
      received.set(
        count,
        buses.map((bus) => bus.stats().received),
      );
      for (const bus of buses) await bus.close();
    }
    await server.stop();
    expect(received.get(2)).toEqual([each, each]);
    expect(received.get(4)).toEqual([each, each, each, each]);
  });
});

describe('hubs on Redis', () => {
  let server: RedisServer;
  const log = createMemoryLog();
  const hubs: { hub: Hub; bus: RedisBus; offsets: number[] }[] = [];

  beforeAll(async () => {
    server = await startRedisServer();
    for (let index = 0; index < 2; index += 1) {
      const bus = createRedisBus({ target: parseRedisUrl(server.url) });
      const hub = createHub({ bus, log });
      const offsets: number[] = [];
      await hub.subscribe({ userId: 'ann', deliver: ({ offset }) => void offsets.push(offset as number) }, 'chat');
      hubs.push({ hub, bus, offsets });
    }
  });
  afterAll(async () => {
    for (const { hub, bus } of hubs) {
      hub.close();
      await bus.close();
    }
    await server.stop();
  });

  it('hand every event on once and in order while Redis is killed, started again and stopped', async () => {
    let published = 0;
    const timer = setInterval(() => {
      const { hub } = hubs[published % 2]!;
      hub.publish(log.append({ topic: 'chat', name: 'said', data: {} }));
      published += 1;
    }, 5);
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    await wait(300);
    await server.kill9();
    await wait(1_500);
    // By the log alone: each hub looks every second while the bus is away.
    for (const { offsets } of hubs) expect(offsets.length).toBeGreaterThan(100);
    await server.restart();
    await settled(() => hubs.every(({ bus }) => bus.isHealthy()));
    await wait(300);
    server.pause();
    await wait(3_500);
    server.resume();
    await settled(() => hubs.every(({ bus }) => bus.isHealthy()));
    clearInterval(timer);
    await settled(() => hubs.every(({ offsets }) => offsets.length >= published));
    const all = Array.from({ length: published }, (_, index) => index + 1);
    for (const { offsets } of hubs) expect(offsets).toEqual(all);
  });
});

describe('a cluster', () => {
  const buses: RedisBus[] = [];
  afterAll(async () => {
    for (const bus of buses) await bus.close();
  });

  it('is told from a single server', async () => {
    await expect(isCluster({ host: '127.0.0.1', port: cluster.port })).resolves.toBe(true);
    const server = await startRedisServer();
    await expect(isCluster(parseRedisUrl(server.url))).resolves.toBe(false);
    await server.stop();
    await expect(isCluster(parseRedisUrl(server.url))).rejects.toThrow();
  });

  it('carries topics over all its servers, and notices and survives one that starts again', async () => {
    const topics = Array.from({ length: 300 }, (_, index) => `topic:${index}`);
    const heard = new Set<string>();
    for (let index = 0; index < 2; index += 1) {
      const bus = createRedisBus({ target: { host: '127.0.0.1', port: cluster.port }, cluster: true });
      bus.listen({ onEvent: ({ topic }) => void heard.add(topic), onConnected() {} });
      buses.push(bus);
    }
    const [one, two] = buses as [RedisBus, RedisBus];
    await two.subscribe(topics);
    await settled(() => one.isHealthy() && two.isHealthy());
    const publish = () => {
      for (const topic of topics) one.publish({ topic, name: 'said', data: {} });
    };
    publish();
    await settled(() => heard.size === topics.length);
    for (const server of cluster.servers) {
      expect(String(await server.command('client', 'list', 'type', 'pubsub'))).toContain('ssub=');
    }
    await cluster.servers[1]!.command('client', 'kill', 'type', 'pubsub');
    heard.clear();
    for (let tries = 0; tries < 100 && heard.size < topics.length; tries += 1) {
      publish();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(heard.size).toBe(topics.length);
  });
});
