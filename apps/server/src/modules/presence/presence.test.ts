import { chatTopic, events, type Presence, userTopic } from '@parley/contract';
import type { HubEvent } from '@parley/realtime';
import { Value } from 'typebox/value';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { buildChat, buildUser, createStage, type Listener, type Stage, setPrivacy } from './testing/stage.ts';

let database: TestDatabase;
let stage: Stage;
let ada: string;
let bob: string;
let group: string;
let ear: Listener;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  stage = createStage(database);
  const { db } = stage.database;
  ada = await buildUser(db);
  bob = await buildUser(db);
  group = await buildChat(db, [ada, bob]);
  ear = await stage.listen(bob);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(async () => {
  vi.useRealTimers();
  expect(stage.errors).toEqual([]);
  await stage.close();
});

/** Lets time pass, and everything be told that is to be told by then. */
async function pass(ms: number): Promise<void> {
  stage.forward(ms);
  vi.advanceTimersByTime(ms);
  await stage.presence.settled();
}

const states = () => ear.told.map((one) => one.state);
const lastSeenOf = async (userId: string) => {
  const { db } = stage.database;
  const row = await db.selectFrom('users').select('last_seen_at').where('id', '=', userId).executeTakeFirstOrThrow();
  return row.last_seen_at?.getTime();
};

describe('a person', () => {
  test('is online, away while every connection is hidden, and offline when the last is gone for 1.5 s', async () => {
    const phone = stage.connect(ada);
    const desk = stage.connect(ada);
    await pass(0);
    phone.active = false;
    stage.presence.activity(phone);
    await pass(0);
    expect(states()).toEqual(['online']);
    desk.active = false;
    stage.presence.activity(desk);
    await pass(0);
    expect(states()).toEqual(['online', 'away']);
    stage.presence.closed(phone, true);
    await pass(5_000);
    const goneAt = stage.now();
    stage.presence.closed(desk, false);
    await pass(1_499);
    expect(states()).toEqual(['online', 'away']);
    await pass(1);
    expect(ear.told.map(({ status, state }) => `${status} ${state}`)).toEqual([
      'online online',
      'offline away',
      'offline offline',
    ]);
    expect(ear.told[2]?.lastSeen).toBe(new Date(goneAt).toISOString());
    expect(await lastSeenOf(ada)).toBe(goneAt);
  });

  test('who opens hidden is away at once', async () => {
    stage.connect(ada, false);
    await pass(0);
    expect(states()).toEqual(['away']);
  });

  test('who is back within 1.5 s tells nothing', async () => {
    const first = stage.connect(ada);
    await pass(0);
    stage.presence.closed(first, true);
    await pass(1_400);
    stage.connect(ada);
    await pass(60_000);
    expect(states()).toEqual(['online']);
    expect(await lastSeenOf(ada)).toBeUndefined();
  });

  test('whose active connection closes while a hidden one stays is away', async () => {
    const active = stage.connect(ada);
    stage.connect(ada, false);
    await pass(0);
    stage.presence.closed(active, true);
    await pass(1_500);
    expect(states()).toEqual(['online', 'away']);
  });

  test('who looks away and back before anybody was told tells nothing twice', async () => {
    const connection = stage.connect(ada);
    await pass(0);
    for (let times = 0; times < 10; times += 1) {
      connection.active = times % 2 === 1;
      stage.presence.activity(connection);
    }
    await pass(0);
    expect(states()).toEqual(['online']);
  });

  test('is told to be gone only when it is stored since when', async () => {
    const stored: Promise<number | undefined>[] = [];
    const deliver = (event: HubEvent) => {
      if ((event.data as Presence).state === 'offline') stored.push(lastSeenOf(ada));
    };
    await stage.hub.subscribe({ userId: bob, deliver }, chatTopic(group));
    const connection = stage.connect(ada);
    await pass(0);
    connection.active = false;
    stage.presence.activity(connection);
    stage.presence.closed(connection, true);
    const goneAt = stage.now();
    await pass(1_500);
    expect(await Promise.all(stored)).toEqual([goneAt]);
  });

  test('whose process is draining has longer to come back', async () => {
    const connection = stage.connect(ada);
    await pass(0);
    stage.presence.drain(2_000);
    stage.presence.closed(connection, true);
    await pass(6_999);
    expect(states()).toEqual(['online']);
    await pass(1);
    expect(states()).toEqual(['online', 'offline']);
  });
});

describe('an event', () => {
  test('has the form of the contract and one copy, on all topics', async () => {
    stage.connect(ada);
    await pass(0);
    expect(stage.published).toHaveLength(1);
    const event = stage.published[0]!;
    expect(event).toMatchObject({ topic: userTopic(ada), name: 'presence.updated', id: expect.any(String) });
    expect(event.alsoTopics).toEqual([chatTopic(group), `presence:${ada}`]);
    expect(event.offset).toBeUndefined();
    const { payload } = events['presence.updated'];
    expect([...Value.Errors(payload, event.data)]).toEqual([]);
  });

  test('reaches a connection once, however many chats are shared', async () => {
    const { db } = stage.database;
    await buildChat(db, [ada, bob], { type: 'direct' });
    await buildChat(db, [ada, bob], { type: 'channel' });
    const other = await stage.listen(bob);
    stage.connect(ada);
    await pass(0);
    expect(other.told).toHaveLength(1);
    expect(ear.told).toHaveLength(1);
  });

  test.each([
    ['more than 200 members', { size: 201 }, 0],
    ['200 members', { size: 200 }, 1],
    ['a public channel, which strangers may follow', { type: 'channel', publicName: 'news' }, 0],
  ] as const)('and a chat with %s', async (_, options, copies) => {
    const { db } = stage.database;
    const [carol, dave] = [await buildUser(db), await buildUser(db)];
    await buildChat(db, [carol, dave], options);
    const listener = await stage.listen(dave);
    stage.connect(carol);
    await pass(0);
    expect(listener.told).toHaveLength(copies);
  });

  test('passes chats one left or in which one goes by another identity', async () => {
    const { db } = stage.database;
    const left = await buildChat(db, [ada, bob]);
    const masked = await buildChat(db, [ada, bob]);
    const of = (chatId: string) =>
      db.updateTable('chat_members').where('chat_id', '=', chatId).where('user_id', '=', ada);
    await of(left).set({ left_at: new Date() }).execute();
    await of(masked)
      .set({ participant_id: bob.replace(/^.{8}/, '00000000') })
      .execute();
    stage.connect(ada);
    await pass(0);
    expect(stage.published[0]?.alsoTopics).toEqual([chatTopic(group), `presence:${ada}`]);
  });

  test('is told of everyone when very many come at once', async () => {
    const { db } = stage.database;
    const crowd = await Promise.all(Array.from({ length: 40 }, () => buildUser(db)));
    await buildChat(db, [bob, ...crowd]);
    const listener = await stage.listen(bob);
    for (const userId of crowd) stage.connect(userId);
    await pass(0);
    expect(new Set(listener.told.map((one) => one.userId))).toEqual(new Set(crowd));
    expect(listener.told).toHaveLength(crowd.length);
  });
});

describe('privacy', () => {
  const kinds = ['oneself', 'contact', 'fellow', 'stranger'] as const;
  const seen = {
    everyone: [1, 1, 1, 0],
    approx_only: [1, 1, 1, 0],
    contacts: [1, 1, 0, 0],
    nobody: [1, 0, 0, 0],
  } as const;
  const cases = (Object.keys(seen) as (keyof typeof seen)[]).flatMap((privacy) =>
    kinds.map((kind, index) => [privacy, kind, seen[privacy][index] === 1] as const),
  );

  async function meet(privacy: (typeof cases)[number][0], kind: (typeof kinds)[number]) {
    const { db } = stage.database;
    const subject = await buildUser(db, privacy);
    const viewer = kind === 'oneself' ? subject : await buildUser(db);
    if (kind === 'contact') await buildChat(db, [subject, viewer], { type: 'direct' });
    if (kind === 'fellow') await buildChat(db, [subject, viewer]);
    return { subject, viewer, listener: await stage.listen(viewer) };
  }

  test.each(cases)('%s: what %s is told, and gets who asks (sees it: %s)', async (privacy, kind, isSeen) => {
    const { subject, viewer, listener } = await meet(privacy, kind);
    const asked = async () => (await stage.presence.presenceOf(viewer, [subject])).get(subject);
    const connection = stage.connect(subject);
    await pass(0);
    expect(listener.told.map((one) => one.state)).toEqual(isSeen ? ['online'] : []);
    expect((await asked())?.state).toBe(isSeen ? 'online' : 'offline');

    await pass(90_000);
    stage.presence.closed(connection, true);
    await pass(1_500);
    const exact = '2026-01-31T12:01:30.000Z';
    const shown = privacy === 'approx_only' ? '2026-01-31T12:00:00.000Z' : exact;
    expect(listener.told.at(-1)?.lastSeen).toBe(isSeen ? shown : undefined);
    const shownToWhoAsks = kind === 'oneself' ? exact : shown;
    expect((await asked())?.lastSeen).toBe(isSeen ? shownToWhoAsks : undefined);
  });

  test('made narrower, those who may no longer see are told "offline" once, the others stay as they were', async () => {
    const { db } = stage.database;
    const friend = await buildUser(db);
    await buildChat(db, [ada, friend], { type: 'direct' });
    const friendly = await stage.listen(friend);
    stage.connect(ada);
    await pass(0);
    await setPrivacy(db, ada, 'contacts');
    stage.presence.refresh(ada);
    await pass(0);
    expect(ear.told.at(-1)).toMatchObject({ status: 'offline', state: 'offline' });
    expect(ear.told.at(-1)).not.toHaveProperty('lastSeen');
    expect(friendly.told.at(-1)).toMatchObject({ state: 'online' });
    const before = ear.told.length;
    stage.presence.refresh(ada);
    await pass(0);
    expect(ear.told).toHaveLength(before);
  });

  test('made broader, those who may see from now on are told', async () => {
    const { db } = stage.database;
    await setPrivacy(db, ada, 'nobody');
    stage.connect(ada);
    await pass(0);
    expect(ear.told).toEqual([]);
    await setPrivacy(db, ada, 'everyone');
    stage.presence.refresh(ada);
    await pass(0);
    expect(states()).toEqual(['online']);
  });

  test('refreshed without a change, nothing is told', async () => {
    stage.connect(ada);
    await pass(0);
    stage.presence.refresh(ada);
    stage.presence.refresh(bob);
    await pass(0);
    expect(stage.published).toHaveLength(1);
  });
});

describe('asking', () => {
  test('about many at once, also in chats of any size; ids of nobody are left out', async () => {
    const { db } = stage.database;
    const [carol, dave] = [await buildUser(db), await buildUser(db)];
    await buildChat(db, [carol, bob], { size: 5_000 });
    for (const userId of [ada, carol, dave]) stage.connect(userId);
    const unknown = '00000000-0000-4000-8000-000000000000';
    const found = await stage.presence.presenceOf(bob, [ada, carol, dave, unknown]);
    expect([ada, carol, dave].map((userId) => found.get(userId)?.state)).toEqual(['online', 'online', 'offline']);
    expect(found.has(unknown)).toBe(false);
    await expect(stage.presence.presenceOf(bob, [])).resolves.toEqual(new Map());
  });

  test("whom one may watch: those in one of one's chats", async () => {
    const { db } = stage.database;
    const stranger = await buildUser(db);
    expect(await stage.presence.canWatch(bob, [ada, stranger, bob])).toEqual([ada]);
  });
});

test('what could not be told while the database was away is told when it is back', async () => {
  const { pool } = stage.database;
  await pool.query('alter table chats rename to chats_away');
  try {
    stage.connect(ada);
    await vi.waitUntil(() => stage.errors.length > 0, 20_000);
    expect(states()).toEqual([]);
  } finally {
    await pool.query('alter table chats_away rename to chats');
  }
  await pass(1_000);
  expect(states()).toEqual(['online']);
  expect(stage.errors.splice(0).length).toBeGreaterThan(0);
});

test('a stop stores when everyone was last seen', async () => {
  const leaving = stage.connect(bob);
  stage.connect(ada);
  await pass(3_000);
  stage.presence.closed(leaving, true);
  await stage.presence.stop();
  expect(await lastSeenOf(ada)).toBe(stage.now());
  expect(await lastSeenOf(bob)).toBe(stage.now());
});
