import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts';
import { createLedger, Fenced, type Ledger, WrongPartitionCount } from './ledger.ts';

let database: TestDatabase;
let ledger: Ledger;
beforeEach(async () => {
  database = await createTestDatabase();
  ledger = createLedger(database.db);
});
afterEach(() => database.drop());

const guard = (fence: number) => database.pipeline.transaction((session) => ledger.guard(session, 1, 0, fence));

test('the first to come makes the queues; who has another number in mind is refused', async () => {
  await Promise.all(Array.from({ length: 5 }, () => ledger.agree(undefined, 3)));
  expect(await ledger.generations()).toEqual([{ generation: 1, partitionCount: 3, isDrained: false }]);
  await expect(ledger.agree(3, 8)).resolves.toMatchObject({ partitionCount: 3 });
  await expect(ledger.agree(4, 8)).rejects.toThrow(WrongPartitionCount);
});

test('who had a partition before may store no more', async () => {
  await ledger.agree(1, 1);
  const first = await ledger.claim(1, 0);
  await guard(first);
  const second = await ledger.claim(1, 0);
  await expect(guard(first)).rejects.toThrow(Fenced);
  await guard(second);
  await expect(ledger.claim(9, 0)).rejects.toThrow(Fenced);
});

test('a partition is taken over when the transaction of its owner has ended, not before', async () => {
  await ledger.agree(1, 1);
  const first = await ledger.claim(1, 0);
  const order: string[] = [];
  const storing = database.pipeline.transaction(async (session) => {
    await ledger.guard(session, 1, 0, first);
    const claiming = ledger.claim(1, 0).then(() => order.push('claimed'));
    await session.run('sleep', sql`select pg_sleep(0.3)`);
    order.push('stored');
    return { claiming };
  });
  await (await storing).claiming;
  expect(order).toEqual(['stored', 'claimed']);
});

test('a generation is empty when each of its partitions is', async () => {
  await ledger.agree(2, 2);
  await ledger.addGeneration(1);
  await ledger.markDrained(1, 0);
  expect((await ledger.generations()).map((one) => one.isDrained)).toEqual([false, false]);
  await ledger.markDrained(1, 1);
  expect((await ledger.generations()).map((one) => one.isDrained)).toEqual([true, false]);
  await ledger.removeGeneration(1);
  expect(await ledger.generations()).toEqual([{ generation: 2, partitionCount: 1, isDrained: false }]);
});

test('a new partition is not made; what was noted of one says nothing of the others', async () => {
  await ledger.agree(3, 3);
  expect(await ledger.unmade(1)).toEqual([0, 1, 2]);
  await ledger.setMade(1, [0, 2], true);
  expect(await ledger.unmade(1)).toEqual([1]);
  await ledger.setMade(1, [2], false);
  expect(await ledger.unmade(1)).toEqual([1, 2]);
  await ledger.addGeneration(1);
  expect(await ledger.unmade(2)).toEqual([0]);
});

test('the longest lag of the workers that are alive counts', async () => {
  const [late, quick, dead] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  expect(await ledger.lag()).toBe(0);
  await ledger.reportLag(late, 3_000.4);
  await ledger.reportLag(quick, 5);
  await ledger.reportLag(dead, 60_000);
  await sql`update queue_lags set reported_at = now() - interval '6 seconds' where worker_id = ${dead}::uuid`.execute(
    database.db,
  );
  expect(await ledger.lag()).toBe(3_000);
  expect(await ledger.workers()).toBe(2);
  await ledger.forgetLag(late);
  expect(await ledger.lag()).toBe(5);
});
