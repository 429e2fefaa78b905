import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';
import type { Session } from './pipeline.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query('create table things (id integer primary key)');
});
beforeEach(async () => void (await database.pool.query('delete from things')));
afterAll(() => database.drop());

const add = (id: number) => sql<{ id: number }>`insert into things (id) values (${id}) returning id`;
const stored = async (): Promise<number[]> =>
  (await database.pool.query<{ id: number }>('select id from things order by id')).rows.map((row) => row.id);

test('statements sent together run in their order, and see each other', async () => {
  const count = await database.pipeline.transaction(async (session) => {
    session.send('add', add(1));
    const [second, [counted]] = await Promise.all([
      session.run('add', add(2)),
      session.run<{ count: number }>('count', sql`select count(*) as count from things`),
    ]);
    expect(second).toEqual([{ id: 2 }]);
    session.send('add', add(3));
    return counted?.count;
  });
  expect(count).toBe(2);
  expect(await stored()).toEqual([1, 2, 3]);
});

test('a last statement that fails takes all back, though nobody waited for it', async () => {
  const adding = database.pipeline.transaction(async (session) => {
    session.send('add', add(1));
    session.send('add', add(1));
    return 'stored';
  });
  await expect(adding).rejects.toMatchObject({ code: '23505' });
  expect(await stored()).toEqual([]);
});

test('the first failure is told, not those that follow from it', async () => {
  const work = async (session: Session) => {
    const broken = session.run('broken', sql`select 1 / 0`);
    const after = session.run('add', add(1));
    await Promise.all([broken, after]);
  };
  await expect(database.pipeline.transaction(work)).rejects.toMatchObject({ code: '22012' });
  expect(await stored()).toEqual([]);
});

test('work that gives up leaves nothing, and the connection serves the next', async () => {
  const work = async (session: Session) => {
    await session.run('add', add(1));
    throw new Error('not this way');
  };
  for (let round = 0; round < 20; round += 1)
    await expect(database.pipeline.transaction(work)).rejects.toThrow('not this way');
  await database.pipeline.transaction(async (session) => session.send('add', add(7)));
  expect(await stored()).toEqual([7]);
});

test('everything is found by its key, whatever the statistics say', async () => {
  const plan = await database.pipeline.transaction((session) =>
    session.run<{ 'QUERY PLAN': string }>('plan', sql`explain select * from things where id = 1`),
  );
  expect(plan.map((row) => row['QUERY PLAN']).join()).toContain('Index');
});

test('a plan of the first day is made again when the table has grown', async () => {
  // Wide enough that PostgreSQL expects one row of a room, so that either index is as good.
  const texts = Array.from({ length: 40 }, (_, index) => `text${index} text`).join();
  await database.pool.query(
    `create table notes (room integer, id integer, place integer, ${texts}, primary key (room, id))`,
  );
  await database.pool.query('create unique index notes_by_place on notes (room, place)');
  const find = (id: number) => sql`select place from notes where room = 1 and id = ${id} limit 1`;
  for (let run = 0; run < 10; run += 1) await database.pipeline.run('find_note', find(run));
  await database.pool.query('insert into notes (room, id, place) select 1, n, n from generate_series(1, 20000) n');
  for (let run = 10; run < 600; run += 1) await database.pipeline.run('find_note', find(run));
  const plan = await database.pipeline.transaction(async (session) => {
    const newest = sql<{ name: string }>`
      select name from pg_prepared_statements where name like 'find_note%' order by prepare_time desc limit 1`;
    const [{ name }] = (await session.run('newest', newest)) as [{ name: string }];
    const explained = await session.run<{ 'QUERY PLAN': string }>('explain', sql.raw(`explain execute "${name}"(5)`));
    return explained.map((row) => row['QUERY PLAN']).join();
  });
  expect(plan).toContain('notes_pkey');
});
