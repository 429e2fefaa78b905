import { chatTopic, userTopic } from '@parley/contract';
import type { HubEvent } from '@parley/realtime';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';
import { createHead } from './heads.ts';
import { createLog, type Log } from './log.ts';
import { asLogged, type Renderers } from './render.ts';
import { rotateLog } from './retention.ts';

const day = 86_400_000;

let database: TestDatabase;
let log: Log;
let published: HubEvent[];
let problems: unknown[];
beforeEach(async () => {
  database = await createTestDatabase();
  published = [];
  problems = [];
  log = await createLog({
    db: database.db,
    renderers: new Proxy({}, { get: () => asLogged }) as unknown as Renderers,
    publish: (event) => published.push(event),
    onError: (error) => problems.push(error),
  });
});
afterEach(() => database.drop());

const newTopic = async (name = chatTopic(uuidv7())): Promise<string> => {
  await database.db.transaction().execute((trx) => createHead(trx, name));
  return name;
};
const tellIn = (topics: readonly string[], fail = false) =>
  log.write(async (_trx, tell) => {
    for (const topic of topics) tell({ topic, name: 'chat.read', facts: {} });
    if (fail) throw new Error('changed my mind');
  });
const offsetsOf = async (topic: string): Promise<number[]> =>
  (await log.read(topic, 0, 10_000)).events.map(({ offset }) => offset!);

describe('appending', () => {
  test('numbers without holes or repeats, however many write at once and in whatever order they name topics', async () => {
    const topics = await Promise.all([newTopic(), newTopic(), newTopic(userTopic(uuidv7()))]);
    const orders = Array.from({ length: 60 }, (_, index) => [
      ...topics.slice(index % 3),
      ...topics.slice(0, index % 3),
    ]);
    await Promise.all(orders.map((order, index) => tellIn(order, index % 5 === 4).catch(() => undefined)));
    const expected = Array.from({ length: 48 }, (_, index) => index + 1);
    for (const topic of topics) {
      expect(await offsetsOf(topic)).toEqual(expected);
      expect((await log.heads([topic])).offsets.get(topic)).toBe(48);
      const told = published.filter((event) => event.topic === topic).map(({ offset }) => offset!);
      expect(told.sort((a, b) => a - b)).toEqual(expected);
    }
    expect(problems).toEqual([]);
  });

  test('publishes nothing that was not committed', async () => {
    const topic = await newTopic();
    await expect(tellIn([topic], true)).rejects.toThrow('changed my mind');
    expect(published).toEqual([]);
    expect(await offsetsOf(topic)).toEqual([]);
  });

  test('a topic without a head is an error, and nothing of the transaction stays', async () => {
    const topic = await newTopic();
    await expect(tellIn([topic, chatTopic(uuidv7())])).rejects.toThrow(/has no head/);
    expect(await offsetsOf(topic)).toEqual([]);
  });
});

describe('reading', () => {
  test('goes on in pages and says where it looked to', async () => {
    const topic = await newTopic();
    for (let index = 0; index < 5; index += 1) await tellIn([topic]);
    expect(await log.read(topic, 1, 2)).toMatchObject({
      scannedTo: 3,
      gone: false,
      events: [{ offset: 2 }, { offset: 3 }],
    });
    expect(await log.read(topic, 5, 2)).toEqual({ scannedTo: 5, gone: false, events: [] });
    expect(await log.read('system:nothing', 0, 2)).toMatchObject({ events: [], gone: false });
    expect(await log.read('no topic at all', 0, 2)).toMatchObject({ events: [], gone: false });
  });

  test('the epoch is another once the database has another identity', async () => {
    const before = log.epoch();
    await database.pool.query(`update database_identity set id = 'restored'`);
    expect((await log.heads([])).epoch).not.toBe(before);
    expect(log.epoch()).toContain('restored');
  });
});

describe('retention', () => {
  const partitions = async (): Promise<string[]> => {
    const { rows } = await database.pool.query(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'topic_log'::regclass order by 1`,
    );
    return rows.map(({ name }) => name);
  };

  test('makes a partition for today and the coming days, once', async () => {
    const now = Date.UTC(2031, 0, 31);
    const { made } = await rotateLog(database.db, 7, now);
    expect(made).toEqual(['topic_log_20310131', 'topic_log_20310201', 'topic_log_20310202', 'topic_log_20310203']);
    expect(await rotateLog(database.db, 7, now)).toEqual({ made: [], dropped: [] });
    expect(await partitions()).toEqual(expect.arrayContaining([...made, 'topic_log_default']));
  });

  test('several instances that rotate at once do not trip over each other', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => rotateLog(database.db, 7)));
    expect(results.flatMap(({ made }) => made)).toHaveLength(4);
  });

  test('drops what is past, and a reader from before is told that it is gone', async () => {
    const topic = await newTopic();
    await rotateLog(database.db, 7);
    for (let index = 0; index < 3; index += 1) await tellIn([topic]);
    expect((await rotateLog(database.db, 7, Date.now() + 6 * day)).dropped).toEqual([]);
    expect(await offsetsOf(topic)).toEqual([1, 2, 3]);
    const { dropped } = await rotateLog(database.db, 7, Date.now() + 9 * day);
    expect(dropped.length).toBeGreaterThan(0);
    expect(await log.read(topic, 0, 10)).toMatchObject({ events: [], gone: true });
    expect(await log.read(topic, 3, 10), 'who had it all has it all').toMatchObject({ events: [], gone: false });
    await tellIn([topic]);
    expect(await log.read(topic, 3, 10)).toMatchObject({ events: [{ offset: 4 }], gone: false });
    expect(await log.read(topic, 2, 10)).toMatchObject({ gone: true });
  });

  test('what came before its day had a partition is kept, and let go in its time', async () => {
    const topic = await newTopic();
    await tellIn([topic]);
    await rotateLog(database.db, 7);
    expect(await offsetsOf(topic)).toEqual([1]);
    await rotateLog(database.db, 7, Date.now() + 9 * day);
    expect(await log.read(topic, 0, 10)).toMatchObject({ events: [], gone: true });
  });
});
