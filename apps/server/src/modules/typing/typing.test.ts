import { chatTopic, events } from '@parley/contract';
import type { HubEvent } from '@parley/realtime';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLimits } from '../../http/limits.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { refuseBlocked } from '../blocks/service.ts';
import { waiting } from '../invites/requests.ts';
import { createMembers } from '../members/service.ts';
import { buildChat, buildUser } from '../presence/testing/stage.ts';
import { createTyping, type Typing } from './service.ts';

let database: TestDatabase;
let typing: Typing;
let published: HubEvent[];
let ada: { userId: string };
let time = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  published = [];
  time = 0;
  ada = { userId: await buildUser(database.db) };
  // Typing only asks who is a member; it writes nothing to a log.
  const members = createMembers({
    db: database.db,
    run: database.pipeline.run,
    log: undefined as never,
    tellService: () => {},
    waiting,
    refuseBlocked,
  });
  const limits = createLimits({ enabled: true, now: () => time });
  typing = createTyping({ members, limits, publish: (event) => published.push(event) });
});
afterAll(() => database.drop());

test('is told live on the topic of the chat, with who and where from', async () => {
  const chat = await buildChat(database.db, [ada.userId]);
  await typing.start(ada, chat, 'c1');
  await typing.stop(ada, chat);
  const common = { topic: chatTopic(chat), name: 'typing.updated', actor: ada.userId };
  expect(published).toEqual([
    { ...common, origin: 'c1', data: { chatId: chat, userId: ada.userId, state: 'start' } },
    { ...common, data: { chatId: chat, userId: ada.userId, state: 'stop' } },
  ]);
  for (const { data } of published) {
    expect([...Value.Errors(events['typing.updated'].payload, data)]).toEqual([]);
  }
});

test('names the participant, not the person', async () => {
  const chat = await buildChat(database.db, [ada.userId]);
  const mask = '00000000-0000-4000-8000-00000000000a';
  await database.db.updateTable('chat_members').set({ participant_id: mask }).where('chat_id', '=', chat).execute();
  await typing.start(ada, chat);
  expect(published[0]?.data).toMatchObject({ userId: mask });
});

test('is refused to those who are not in the chat', async () => {
  const chat = await buildChat(database.db, [await buildUser(database.db)]);
  await expect(typing.start(ada, chat)).rejects.toMatchObject({ code: 'chat_not_found' });
  expect(published).toEqual([]);
});

test('of a reader of a channel is not told', async () => {
  const chat = await buildChat(database.db, [ada.userId], { type: 'channel' });
  await typing.start(ada, chat);
  expect(published).toEqual([]);
});

test('above the limit is dropped without a word, and told again later', async () => {
  const chat = await buildChat(database.db, [ada.userId]);
  for (let times = 0; times < 30; times += 1) await typing.start(ada, chat);
  expect(published).toHaveLength(20);
  time += 10_000;
  await typing.start(ada, chat);
  expect(published).toHaveLength(21);
});
