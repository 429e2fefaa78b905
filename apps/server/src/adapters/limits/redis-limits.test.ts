import type { AppError } from '@parley/contract';
import { connectRedis, parseRedisUrl } from '@parley/realtime/redis';
import { type RedisServer, startRedisServer } from '@parley/realtime/testing';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLimits, type Limits } from '../../http/limits.ts';
import { createRedisLimits } from './redis.ts';

/** Those that are counted fill up so slowly that a busy machine changes nothing. */
const limits = {
  sign_in: { burst: 3, seconds: 3_000 },
  search: { burst: 3, seconds: 3 },
  typing: { burst: 2, seconds: 1_000 },
};

let server: RedisServer;
const clients: Redis[] = [];
const errors: unknown[] = [];

beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());
beforeEach(() => server.command('flushall'));
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
  errors.length = 0;
});

async function openInstance(enabled = true): Promise<Limits> {
  const commands = connectRedis(parseRedisUrl(server.url));
  commands.on('error', () => {});
  clients.push(commands);
  await expect.poll(() => commands.status).toBe('ready');
  const local = createLimits({ enabled, limits });
  return createRedisLimits({ commands, local, enabled, limits, onError: (error) => errors.push(error) });
}

/** How many of these calls are let through. */
async function passed(calls: (() => void | Promise<void>)[]): Promise<number> {
  let count = 0;
  for (const call of calls) {
    try {
      await call();
      count += 1;
    } catch (error) {
      expect(error).toMatchObject({ code: 'rate_limited' });
    }
  }
  return count;
}

/** Undefined when it lets through. */
async function refusalOf(limit: Limits, name: 'sign_in' | 'search'): Promise<AppError | undefined> {
  try {
    await limit.take(name, 'ann');
  } catch (error) {
    return error as AppError;
  }
}

test('instances count together, and a key of its own is not touched', async () => {
  const [one, two] = [await openInstance(), await openInstance()];
  const calls = [one, two, one, two, one, two].map((limit) => () => limit.take('sign_in', 'ann'));
  expect(await passed(calls)).toBe(3);
  await expect(two.take('sign_in', 'bob')).resolves.toBeUndefined();
});

test('refuses with the time after which it lets through again', async () => {
  const [one, two] = [await openInstance(), await openInstance()];
  await passed([one, one, one].map((limit) => () => limit.take('sign_in', 'ann')));
  const slow = await refusalOf(two, 'sign_in');
  expect(slow?.retryAfter).toBeGreaterThan(900);
  expect(slow?.retryAfter).toBeLessThanOrEqual(1_000);
  let quick: AppError | undefined;
  while (quick === undefined) quick = await refusalOf(one, 'search');
  // An instance that refuses by its own count took the calls a moment before Redis did.
  await new Promise((resolve) => setTimeout(resolve, quick.retryAfter! * 1_000 + 50));
  await expect(two.take('search', 'ann')).resolves.toBeUndefined();
  expect(Number(await server.command('pttl', 'limit:search:ann'))).toBeGreaterThan(0);
});

test('typing is counted by each instance', async () => {
  const [one, two] = [await openInstance(), await openInstance()];
  const calls = [one, one, one, two, two, two].map((limit) => () => limit.take('typing', 'ann'));
  expect(await passed(calls)).toBe(4);
  expect(await server.command('dbsize')).toBe(0);
});

test.each(['dead', 'stopped'] as const)(
  'with a Redis that is %s each instance counts alone, at once',
  async (state) => {
    const one = await openInstance();
    await (state === 'dead' ? server.kill9() : server.pause());
    try {
      const before = performance.now();
      expect(await passed(Array.from({ length: 10 }, () => () => one.take('sign_in', 'ann')))).toBe(3);
      expect(performance.now() - before).toBeLessThan(5_000);
      expect(errors).toHaveLength(1);
    } finally {
      if (state === 'dead') await server.restart();
      else server.resume();
    }
  },
);

test('switched off, nothing is counted', async () => {
  const one = await openInstance(false);
  expect(await passed(Array.from({ length: 10 }, () => () => one.take('sign_in', 'ann')))).toBe(10);
});
