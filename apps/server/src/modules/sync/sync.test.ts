import { type Chat, chatTopic, type Position, type SyncResult, userTopic } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { buildUser, type Person } from '../../testing/people.ts';

let app: TestApp;
let ann: Person;
let bob: Person;
let chat: Chat;
let topic: string;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  [ann, bob] = await Promise.all([buildUser(app.url, 'ann'), buildUser(app.url, 'bob')]);
  chat = await ann.ask<Chat>('POST', '/chats', { body: { type: 'group', title: 'T', memberIds: [bob.id] } });
  topic = chatTopic(chat.id);
});
afterAll(() => app.close());

const say = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1)
    await ann.ask('POST', `/chats/${chat.id}/messages`, {
      body: { content: `${index}`, clientMessageId: `k-${index}` },
    });
};
const sync = (who: Person, positions: Record<string, Position>, more = {}) =>
  who.ask<SyncResult>('POST', '/sync', { body: { positions, ...more } });

test('tells in pages what came after, over all topics, and where to go on', async () => {
  await say(7);
  const { position } = await bob.ask<{ position: Position }>('GET', '/chats');
  let positions: Record<string, Position> = { [topic]: chat.position, [userTopic(bob.id)]: { ...position, offset: 0 } };
  const events: SyncResult['events'] = [];
  let pages = 0;
  for (let hasMore = true; hasMore; pages += 1) {
    const result = await sync(bob, positions, { limit: 3 });
    expect(result.events.length).toBeLessThanOrEqual(3);
    events.push(...result.events);
    positions = result.positions;
    hasMore = result.hasMore;
  }
  const ofChat = events.filter((event) => event.topic === topic);
  expect(ofChat.map(({ offset }) => offset)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(events.filter((event) => event.topic === userTopic(bob.id)).map(({ event }) => event)).toEqual([
    'chat.created',
  ]);
  expect(pages).toBe(3);
  expect(await sync(bob, positions)).toEqual({ events: [], positions, resync: [], gone: [], hasMore: false });
});

test('a sender is told the key of what is theirs, nobody else is', async () => {
  await say(1);
  const keys = async (who: Person) =>
    (await sync(who, { [topic]: chat.position })).events.map(
      ({ data }) => (data.message as { clientMessageId?: string }).clientMessageId,
    );
  expect(await keys(ann)).toEqual(['k-0']);
  expect(await keys(bob)).toEqual([undefined]);
});

test('what was deleted meanwhile is not told again', async () => {
  await say(1);
  const { items } = await ann.ask<{ items: { id: string }[] }>('GET', `/chats/${chat.id}/messages`);
  await ann.ask('PUT', `/chats/${chat.id}/messages/${items[0]!.id}`, { body: { content: 'secret' } });
  await ann.ask('DELETE', `/chats/${chat.id}/messages/${items[0]!.id}`, { query: { forEveryone: true } });
  const result = await sync(bob, { [topic]: chat.position });
  expect(JSON.stringify(result)).not.toContain('secret');
  expect(result.events.at(-1)).toMatchObject({ event: 'message.deleted', offset: 3 });
});

test.each<[string, (position: Position) => Position]>([
  ['of another epoch', ({ offset }) => ({ epoch: 'another', offset })],
  ['ahead of the log', ({ epoch, offset }) => ({ epoch, offset: offset + 1_000 })],
])('a position %s is to be loaded anew', async (_, spoil) => {
  await say(1);
  expect(await sync(bob, { [topic]: spoil(chat.position) })).toMatchObject({
    events: [],
    positions: {},
    resync: [topic],
  });
});

test('a position older than the log is to be loaded anew, a later one goes on', async () => {
  await say(4);
  await app.database.pool.query(`delete from topic_log where owner_id = $1 and kind = 'chat' and log_offset <= 2`, [
    chat.id,
  ]);
  expect(await sync(bob, { [topic]: chat.position })).toMatchObject({ events: [], resync: [topic] });
  const later = await sync(bob, { [topic]: { ...chat.position, offset: 2 } });
  expect(later.events.map(({ offset }) => offset)).toEqual([3, 4]);
  await app.database.pool.query(`delete from topic_log where owner_id = $1 and kind = 'chat'`, [chat.id]);
  expect(await sync(bob, { [topic]: { ...chat.position, offset: 3 } })).toMatchObject({ resync: [topic] });
  expect(await sync(bob, { [topic]: { ...chat.position, offset: 4 } })).toMatchObject({
    events: [],
    resync: [],
    gone: [],
  });
});

test('topics that are not one’s own are gone, whatever is there', async () => {
  const outsider = await buildUser(app.url, 'outsider');
  const wanted = [topic, userTopic(ann.id), 'system:sessions', 'chat:x', '__proto__x', chatTopic(bob.id)];
  const result = await sync(
    outsider,
    Object.fromEntries(wanted.map((name) => [name, { ...chat.position, offset: 0 }])),
  );
  expect(result).toMatchObject({ events: [], positions: {}, resync: [], hasMore: false });
  expect(result.gone.sort()).toEqual(wanted.sort());
});

test('whoever was removed hears of it on their own topic, and the chat is gone', async () => {
  const { position } = await bob.ask<{ position: Position }>('GET', '/chats');
  await ann.ask('DELETE', `/chats/${chat.id}/members/${bob.id}`);
  await say(1);
  const result = await sync(bob, { [topic]: chat.position, [userTopic(bob.id)]: position });
  expect(result.gone).toEqual([topic]);
  expect(result.events.map(({ event, data }) => [event, data])).toEqual([
    ['chat.left', { chatId: chat.id, reason: 'removed' }],
  ]);
});
