import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';
import { disagreement, InstancesDisagree, leaseInstance, type Shares } from './lease.ts';

const alone: Shares = { bus: 'in process', queue: 'in process', signingKey: 'a' };
const redis: Shares = { ...alone, bus: 'Redis' };
const both: Shares = { ...redis, queue: 'RabbitMQ' };

let database: TestDatabase;
const leases: { release(): Promise<void> }[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
afterEach(async () => {
  for (const lease of leases.splice(0)) await lease.release();
});

async function start(shares: Shares, id: string = randomUUID()): Promise<void> {
  leases.push(await leaseInstance({ database, url: database.url, id, role: 'all', shares, onError: () => {} }));
}

const { signingKey: _, ...unsigned } = both;

test.each([
  ['both on Redis', redis, redis, undefined],
  ['both on Redis and RabbitMQ', both, both, undefined],
  ['a worker that signs nothing', both, unsigned, undefined],
  ['both in process', alone, alone, 'REDIS_URL'],
  ['only this one on Redis', redis, alone, 'REDIS_URL'],
  ['only the other on Redis', alone, redis, 'REDIS_URL'],
  ['only one on RabbitMQ', both, redis, 'RABBITMQ_URI'],
  ['the same files', { ...redis, blobs: 'disk a' }, { ...redis, blobs: 'disk a' }, undefined],
  ['files in different folders', { ...redis, blobs: 'disk a' }, { ...redis, blobs: 'disk b' }, 'AWS_S3_BUCKET'],
  ['only one with a bucket', { ...redis, blobs: 'S3 AWS x' }, { ...redis, blobs: 'disk b' }, 'AWS_S3_BUCKET'],
  ['other keys', redis, { ...redis, signingKey: 'b' }, 'AUTH_PRIVATE_KEY'],
] as const)('side by side, %s: missing is %s', (_name, own, other, missing) => {
  const problem = disagreement(own, { name: 'x', parts: other });
  if (missing === undefined) expect(problem).toBeUndefined();
  else expect(problem).toContain(missing);
});

test('a second instance that may not run beside the first refuses, and says what is missing', async () => {
  await start(alone);
  const refused = start(alone);
  await expect(refused).rejects.toThrow(InstancesDisagree);
  await expect(refused).rejects.toThrow(/all on .*, process \d+.*REDIS_URL/);
});

test('those that share everything run side by side', async () => {
  await start(redis);
  await start(redis);
  const { rowCount } = await database.pool.query('select 1 from instances');
  expect(rowCount).toBe(2);
});

test('one that ended in good order, or was killed, is in nobody’s way', async () => {
  await start(alone);
  await leases.pop()?.release();
  await start(alone);
  // As the death of its process leaves it: the row is fresh, the session is gone.
  await database.pool.query(
    `select pg_terminate_backend(pid, 20000) from pg_stat_activity
     where datname = current_database() and application_name = 'parley lease'`,
  );
  await start(alone);
});

test('one whose lease ran out is taken for dead, though its session seems to stand', async () => {
  await start(alone);
  await database.pool.query(`update instances set seen_at = now() - interval '16 s'`);
  await start(alone);
});
