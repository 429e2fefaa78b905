import { connect, createServer, type Socket } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';
import { openPool } from './pool.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a connection that breaks is told and replaced, also one that is in use', async () => {
  const errors: Error[] = [];
  const pool = openPool({ url: database.url, max: 2, onError: (error) => errors.push(error) });
  const [used, idle] = [await pool.pool.connect(), await pool.pool.connect()];
  const pids = await Promise.all(
    [used, idle].map(async (client) => (await client.query('select pg_backend_pid() pid')).rows[0].pid),
  );
  const ended = Promise.all([used, idle].map((client) => new Promise((resolve) => client.once('end', resolve))));
  await used.query('begin');
  idle.release();
  await database.pool.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [pids]);
  await ended;
  // Broken sockets may tell it twice.
  expect(errors.length).toBeGreaterThanOrEqual(2);
  used.release(true);
  await expect(pool.pool.query('select 1 as one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
  await pool.close();
});

/** A road to the database that can swallow everything, while both ends believe that it stands. */
async function buildRoad(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const pairs: [Socket, Socket][] = [];
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    pairs.push([near, far]);
    for (const socket of [near, far]) socket.on('error', () => {});
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as { port: number }).port);
  return {
    url: url.href,
    swallow() {
      for (const [near, far] of pairs.splice(0)) {
        near.unpipe(far).resume();
        far.unpipe(near).resume();
      }
    },
    close: () => void server.close(),
  };
}

test('a session whose road swallows everything is given up and replaced, in a transaction too; one at rest is left alone', async () => {
  const road = await buildRoad(database.url);
  const pool = openPool({ url: road.url, max: 1, silenceMs: 300, onError: () => {} });
  const pid = async (): Promise<number> => (await pool.pool.query('select pg_backend_pid() pid')).rows[0].pid;
  const first = await pid();
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(await pid()).toBe(first);

  const swallowed = pool.db.transaction().execute(async (trx) => {
    road.swallow();
    return sql`select 1`.execute(trx);
  });
  await expect(swallowed).rejects.toThrow();
  expect(await pid()).not.toBe(first);
  await pool.close();
  road.close();
});

test('when one session is given up, those at rest are too', async () => {
  const road = await buildRoad(database.url);
  const pool = openPool({ url: road.url, max: 3, silenceMs: 300, onError: () => {} });
  const clients = await Promise.all(Array.from({ length: 3 }, () => pool.pool.connect()));
  for (const client of clients) client.release();
  await pool.pipeline.run('one', sql`select 1`);
  road.swallow();
  await expect(pool.pool.query('select 1')).rejects.toThrow();
  await expect(pool.pool.query('select 1')).resolves.toMatchObject({ rowCount: 1 });
  await expect(pool.pipeline.run('one', sql`select 1`)).resolves.toHaveLength(1);
  await pool.close();
  road.close();
});
