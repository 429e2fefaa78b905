import { randomUUID } from 'node:crypto';
import { connectRedis, parseRedisUrl } from '@parley/realtime/redis';
import { type RedisServer, startRedisServer } from '@parley/realtime/testing';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { listenTo, type RosterEnd, rosterSuite } from '../../modules/presence/roster.suite.ts';
import { tellerOf } from './homes.ts';
import { createRedisRoster } from './redis.ts';
import { createPresenceStore } from './redis-store.ts';

const times = { leaseMs: 1_500, beatMs: 200, rejoinMs: 50 };
/** The machine may be busy. */
const soon = { timeout: 20_000, interval: 50 };

let server: RedisServer;
const clients: Redis[] = [];
const errors: unknown[] = [];

beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  errors.length = 0;
  await server.command('flushall');
});

interface Instance extends RosterEnd {
  id: string;
  /** As `kill -9` leaves it: nothing is said, nothing is renewed. */
  die(): void;
}

async function openInstance(): Promise<Instance> {
  const id = randomUUID();
  const [commands, subscriber] = [connectRedis(parseRedisUrl(server.url)), connectRedis(parseRedisUrl(server.url))];
  for (const client of [commands, subscriber]) client.on('error', () => {});
  clients.push(commands, subscriber);
  const store = createPresenceStore({ commands, subscriber, isCluster: false, instanceId: id });
  const roster = createRedisRoster({ store, instanceId: id, times, onError: (error) => errors.push(error) });
  const end = listenTo(roster);
  await vi.waitFor(async () => {
    expect(String(await server.command('zrange', '{presence}:members', 0, -1))).toContain(id);
    expect(await server.command('pubsub', 'numsub', `{presence}:to:${id}`)).toEqual([`{presence}:to:${id}`, 1]);
  }, soon);
  return {
    ...end,
    id,
    die() {
      commands.disconnect();
      subscriber.disconnect();
    },
  };
}

rosterSuite('redis', async () => (await openInstance()).roster);

describe('instances that share a roster', () => {
  const people = Array.from({ length: 40 }, (_, index) => `person${index}`);
  const toldBy = (instances: Instance[]) =>
    instances.flatMap(({ changes }) => changes.map(({ userId, to }) => `${userId} ${to}`)).sort();

  test('tell each change once, on the instance that both choose', async () => {
    const [one, two] = [await openInstance(), await openInstance()];
    const [first] = people;
    await expect
      .poll(() => people.some((userId) => one.roster.isTeller(userId) !== two.roster.isTeller(userId)))
      .toBe(true);
    for (const userId of people) await one.roster.put(userId, 'a', true);
    for (const userId of people) await two.roster.put(userId, 'b', true);
    for (const userId of people) await one.roster.drop(userId, 'a', 1);
    for (const userId of people) await two.roster.drop(userId, 'b', 2);
    const all = people.flatMap((userId) => [`${userId} offline`, `${userId} online`]).sort();
    await expect.poll(() => toldBy([one, two])).toEqual(all);
    await expect.poll(() => (one.roster.isTeller(first!) ? one.id : two.id)).toBe(tellerOf(first!, [one.id, two.id]));
    for (const { id, changes } of [one, two]) {
      expect(changes.length).toBeGreaterThan(0);
      for (const { userId } of changes) expect(tellerOf(userId, [one.id, two.id])).toBe(id);
    }
  });

  test('leave no ghosts when one dies: the survivor tells, and since when', async () => {
    const [one, two] = [await openInstance(), await openInstance()];
    for (const userId of people) await two.roster.put(userId, 'b', true);
    await one.roster.put(people[0]!, 'a', false);
    const before = Date.now();
    two.die();
    await expect.poll(async () => (await one.roster.statesOf(people)).size).toBe(1);
    expect(await one.roster.statesOf(people)).toEqual(new Map([[people[0], 'away']]));
    const gone = () => new Set(one.changes.filter(({ to }) => to === 'offline').map(({ userId }) => userId));
    await expect.poll(() => gone().size).toBe(people.length - 1);
    for (const { to, goneAt } of one.changes) {
      if (to === 'offline') expect(Math.abs(goneAt! - before)).toBeLessThan(10_000);
    }
    expect(await server.command('keys', '{presence}:member:*')).toHaveLength(1);
    expect(await server.command('zcard', '{presence}:members')).toBe(1);
  });

  test('who leaves in good order is counted for the time that is granted', async () => {
    const [one, two] = [await openInstance(), await openInstance()];
    await two.roster.put('ann', 'b', true);
    await two.roster.close(300);
    expect((await one.roster.statesOf(['ann'])).get('ann')).toBe('online');
    await expect.poll(async () => (await one.roster.statesOf(['ann'])).size).toBe(0);
  });

  test('enter everything again when Redis has lost it, and what went meanwhile is gone', async () => {
    const [one, two] = [await openInstance(), await openInstance()];
    await one.roster.put('ann', 'a', true);
    await one.roster.put('bob', 'b', true);
    await two.roster.put('carol', 'c', false);
    await server.kill9();
    await one.roster.drop('bob', 'b', 7);
    await one.roster.put('dora', 'd', true);
    expect(await one.roster.statesOf(['ann', 'bob', 'carol', 'dora'])).toEqual(
      new Map([
        ['ann', 'online'],
        ['dora', 'online'],
      ]),
    );
    await server.restart();
    await expect
      .poll(async () => Object.fromEntries(await two.roster.statesOf(['ann', 'bob', 'carol', 'dora'])))
      .toEqual({ ann: 'online', carol: 'away', dora: 'online' });
  });

  test('a Redis that was stopped for longer than the leases costs nobody their presence', async () => {
    const [one, two] = [await openInstance(), await openInstance()];
    await one.roster.put('ann', 'a', true);
    await two.roster.put('bob', 'b', true);
    const names = () => toldBy([one, two]).filter((change) => change.endsWith('offline'));
    server.pause();
    await new Promise((resolve) => setTimeout(resolve, times.leaseMs + 500));
    server.resume();
    await new Promise((resolve) => setTimeout(resolve, times.leaseMs + 500));
    expect(names()).toEqual([]);
    const seen = await one.roster.statesOf(['ann', 'bob']);
    expect(Object.fromEntries(seen)).toEqual({ ann: 'online', bob: 'online' });
  });
});
