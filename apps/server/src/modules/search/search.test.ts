import type { Chat, Message, MessageHit } from '@parley/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { buildUser, type Person } from '../../testing/people.ts';

interface Found {
  items: MessageHit[];
  nextCursor?: string;
}

let app: TestApp;
let alice: Person;
let bob: Person;
let chat: Chat;

const send = (sender: Person, content: string, chatId = chat.id) =>
  sender.ask<Message>('POST', `/chats/${chatId}/messages`, { body: { content } });
const search = (viewer: Person, q: string, query: Record<string, string | number> = {}) =>
  viewer.ask<Found>('GET', '/search', { query: { q, ...query } });
const texts = (found: Found) => found.items.map((hit) => hit.message.content);

/** The table follows the log by a moment. */
const untilFound = (viewer: Person, q: string, expected: string[]) =>
  expect.poll(async () => texts(await search(viewer, q))).toEqual(expected);

beforeAll(async () => {
  app = await startApp();
  alice = await buildUser(app.url, 'alice');
  bob = await buildUser(app.url, 'bob');
  chat = await alice.ask<Chat>('POST', '/chats', { body: { type: 'direct', memberIds: [bob.id] } });
});
afterAll(() => app.close());

describe('messages are found', () => {
  test('by word parts, in any script, newest first', async () => {
    await send(alice, 'The lighthouse keeper waves');
    await send(bob, 'another lighthouse, in Kraków');
    await send(alice, '灯台は東京にあります');
    await untilFound(bob, 'ghthou', ['another lighthouse, in Kraków', 'The lighthouse keeper waves']);
    await untilFound(bob, 'KRAKOW', ['another lighthouse, in Kraków']);
    await untilFound(alice, '東京', ['灯台は東京にあります']);
    await untilFound(alice, 'keeper light', ['The lighthouse keeper waves']);
  });

  test('with wildcards of SQL taken literally', async () => {
    await send(alice, 'exactly snake_case here');
    await untilFound(alice, 'snake_case', ['exactly snake_case here']);
    expect(texts(await search(alice, 'snakeXcase'))).toEqual([]);
  });

  test('with their sender, page by page', async () => {
    for (const n of [1, 2, 3]) await send(bob, `pagination ${n}`);
    await untilFound(alice, 'pagination', ['pagination 3', 'pagination 2', 'pagination 1']);
    const first = await search(alice, 'pagination', { limit: 2 });
    expect(first.items[0]?.sender?.username).toBe(bob.username);
    const second = await search(alice, 'pagination', { limit: 2, cursor: first.nextCursor ?? '' });
    expect(texts(second)).toEqual(['pagination 1']);
  });

  test('from one sender only', async () => {
    await send(alice, 'filtered by alice');
    await send(bob, 'filtered by bob');
    await untilFound(alice, 'filtered', ['filtered by bob', 'filtered by alice']);
    expect(texts(await search(alice, 'filtered', { from: alice.id }))).toEqual(['filtered by alice']);
  });
});

test('edited text is found as it is now, deleted text not at all', async () => {
  const edited = await send(alice, 'walrus before');
  const deleted = await send(alice, 'walrus deleted');
  const hidden = await send(bob, 'walrus hidden');
  await untilFound(alice, 'walrus', ['walrus hidden', 'walrus deleted', 'walrus before']);
  await alice.ask('PUT', `/chats/${chat.id}/messages/${edited.id}`, { body: { content: 'penguin after' } });
  await alice.ask('DELETE', `/chats/${chat.id}/messages/${deleted.id}`, { query: { forEveryone: true } });
  await alice.ask('DELETE', `/chats/${chat.id}/messages/${hidden.id}`);
  await untilFound(alice, 'walrus', []);
  await untilFound(alice, 'penguin', ['penguin after']);
  expect(texts(await search(bob, 'walrus'))).toEqual(['walrus hidden']);
});

test('nobody finds what is said in a chat they are not in', async () => {
  const carol = await buildUser(app.url, 'carol');
  await send(alice, 'confidential otter');
  await untilFound(bob, 'otter', ['confidential otter']);
  expect(texts(await search(carol, 'otter'))).toEqual([]);
  const refused = await carol.call('GET', `/chats/${chat.id}/messages/search`, { query: { q: 'otter' } });
  expect(refused.status).toBe(404);
});

test('a query without a word is refused', async () => {
  const refused = await alice.call('GET', '/search', { query: { q: '!!' } });
  expect(refused).toMatchObject({ status: 400, body: { code: 'validation_error' } });
});
