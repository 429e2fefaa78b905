import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';
import { migrate } from './migrate.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a second run changes nothing', async () => {
  await expect(migrate(database.pool)).resolves.toEqual([]);
});

test('a database of a newer version is refused', async () => {
  await database.pool.query(`insert into migrations (number, name) values (9999, '9999_future.sql')`);
  await expect(migrate(database.pool)).rejects.toThrow(/newer than this program/);
  await database.pool.query('delete from migrations where number = 9999');
});

test('bigint columns are numbers', async () => {
  const { rows } = await database.pool.query('select 9007199254740991::bigint as largest');
  expect(rows[0].largest).toBe(Number.MAX_SAFE_INTEGER);
});
