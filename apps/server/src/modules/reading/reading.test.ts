import type { Chat, ReadReceipt } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { type Live, openLive } from '../../testing/live.ts';
import { buildUser, type Person } from '../../testing/people.ts';

let app: TestApp;
let ann: Person;
let bob: Person;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  [ann, bob] = await Promise.all([buildUser(app.url, 'ann'), buildUser(app.url, 'bob')]);
});
afterAll(() => app.close());

const make = async (type: string): Promise<string> =>
  (await ann.ask<Chat>('POST', '/chats', { body: { type, title: 'T', memberIds: [bob.id] } })).id;
const say = (who: Person, chatId: string) =>
  who.ask<{ id: string }>('POST', `/chats/${chatId}/messages`, { body: { content: 'hi' } });
const read = (who: Person, chatId: string, sequence?: number) =>
  who.ask('POST', `/chats/${chatId}/read`, { body: sequence === undefined ? {} : { sequence } });
const numbers = async (who: Person, chatId: string) => {
  const { lastSequence, messageCount, readSequence, readCount, unreadCount } = await who.ask<Chat>(
    'GET',
    `/chats/${chatId}`,
  );
  return { lastSequence, messageCount, readSequence, readCount, unreadCount };
};
const receipts = async (who: Person, chatId: string) =>
  (await who.ask<{ items: ReadReceipt[] }>('GET', `/chats/${chatId}/read-receipts`)).items.map(
    ({ userId, sequence }) => ({ userId, sequence }),
  );
const told = (live: Live) =>
  live.events
    .filter(({ name }) => name === 'receipt.updated' || name === 'chat.read')
    .map(({ name, frame }) => [name, frame.sequence ?? (frame.data as { sequence: number }).sequence]);

describe('the cursor', () => {
  test('goes forward only, to where there are messages, and is told once', async () => {
    const chatId = await make('group');
    for (let index = 0; index < 4; index += 1) await say(ann, chatId);
    const live = await openLive(app.url, bob.token);
    await read(bob, chatId, 2);
    await read(bob, chatId, 1);
    await read(bob, chatId, 2);
    await read(bob, chatId, 0);
    expect(await numbers(bob, chatId)).toMatchObject({ readSequence: 2, readCount: 2, unreadCount: 2 });
    await read(bob, chatId, 9_999);
    await read(bob, chatId);
    expect(await numbers(bob, chatId)).toMatchObject({ readSequence: 4, readCount: 4, unreadCount: 0 });
    await live.ask({ type: 'ping' });
    expect(told(live).sort()).toEqual([
      ['chat.read', 2],
      ['chat.read', 4],
      ['receipt.updated', 2],
      ['receipt.updated', 4],
    ]);
    await live.close();
  });

  test('several devices at once leave it at the furthest', async () => {
    const chatId = await make('group');
    for (let index = 0; index < 10; index += 1) await say(ann, chatId);
    await Promise.all(Array.from({ length: 10 }, (_, index) => read(bob, chatId, index + 1)));
    expect(await numbers(bob, chatId)).toMatchObject({ readSequence: 10, readCount: 10, unreadCount: 0 });
  });

  test('of an empty chat stays where it is', async () => {
    const chatId = await make('group');
    await read(bob, chatId);
    await read(bob, chatId, 7);
    expect(await numbers(bob, chatId)).toMatchObject({ readSequence: 0, unreadCount: 0 });
    expect(await receipts(ann, chatId)).toEqual([]);
  });
});

test('unread is what others wrote after it: service messages and one’s own do not count', async () => {
  const chatId = await make('group');
  await say(ann, chatId);
  await ann.ask('PATCH', `/chats/${chatId}`, { body: { title: 'Other' } });
  await say(ann, chatId);
  expect(await numbers(bob, chatId)).toEqual({
    lastSequence: 3,
    messageCount: 2,
    readSequence: 0,
    readCount: 0,
    unreadCount: 2,
  });
  await read(bob, chatId, 2);
  expect(await numbers(bob, chatId)).toMatchObject({ readSequence: 2, readCount: 1, unreadCount: 1 });
  await say(bob, chatId);
  expect(await numbers(bob, chatId)).toMatchObject({ readSequence: 4, readCount: 3, unreadCount: 0 });
  await say(ann, chatId);
  expect(await numbers(bob, chatId)).toMatchObject({ unreadCount: 1 });
  expect(await numbers(ann, chatId)).toMatchObject({ unreadCount: 0, lastSequence: 5, messageCount: 4 });
});

describe('receipts', () => {
  test('tell how far each has read', async () => {
    const chatId = await make('group');
    await say(ann, chatId);
    await read(bob, chatId);
    const both = [
      { userId: ann.id, sequence: 1 },
      { userId: bob.id, sequence: 1 },
    ];
    expect(new Set(await receipts(ann, chatId))).toEqual(new Set(both));
  });

  test('mark the newest message in the list, if it is one’s own', async () => {
    const chatId = await make('group');
    const isRead = async (who: Person) =>
      (await who.ask<{ items: Chat[] }>('GET', '/chats')).items.find(({ id }) => id === chatId)?.isLastMessageRead;
    await say(ann, chatId);
    expect(await isRead(ann)).toBeUndefined();
    await read(bob, chatId);
    expect([await isRead(ann), await isRead(bob)]).toEqual([true, undefined]);
    await say(ann, chatId);
    expect(await isRead(ann)).toBeUndefined();
    await bob.ask('PUT', '/settings', { body: { readReceipts: false } });
    await read(bob, chatId);
    expect(await isRead(ann)).toBeUndefined();
    await bob.ask('PUT', '/settings', { body: { readReceipts: true } });
    await say(ann, chatId);
    await read(bob, chatId);
    expect(await isRead(ann)).toBe(true);
    const { id } = await say(bob, chatId);
    await read(ann, chatId);
    await bob.ask('DELETE', `/chats/${chatId}/messages/${id}`, { query: { forEveryone: true } });
    expect(await isRead(ann), 'of a newest that is gone nothing is said').toBeUndefined();
    await say(ann, chatId);
    await read(bob, chatId);
    await ann.ask('PUT', '/settings', { body: { readReceipts: false } });
    expect(await isRead(ann)).toBeUndefined();
  });

  test('a channel has none, and reading it is told to oneself alone', async () => {
    const chatId = await make('channel');
    await say(ann, chatId);
    const [live, witness] = await Promise.all([openLive(app.url, bob.token), openLive(app.url, ann.token)]);
    await read(bob, chatId);
    await live.until(({ event }) => event === 'chat.read');
    await witness.ask({ type: 'ping' });
    expect(told(live)).toEqual([['chat.read', 1]]);
    expect(told(witness)).toEqual([]);
    expect(await receipts(ann, chatId)).toEqual([]);
    await Promise.all([live.close(), witness.close()]);
  });

  test('who hides theirs sees none and shows none', async () => {
    const chatId = await make('group');
    await say(ann, chatId);
    await bob.ask('PUT', '/settings', { body: { readReceipts: false } });
    const witness = await openLive(app.url, ann.token);
    await read(bob, chatId);
    await witness.ask({ type: 'ping' });
    expect(told(witness)).toEqual([]);
    expect(await receipts(bob, chatId)).toEqual([]);
    expect(await receipts(ann, chatId)).toEqual([{ userId: ann.id, sequence: 1 }]);
    expect(await numbers(bob, chatId)).toMatchObject({ unreadCount: 0 });
    await witness.close();
  });

  test('are not told to who hides theirs, on any door, live or afterwards', async () => {
    const chatId = await make('group');
    await say(ann, chatId);
    await say(ann, chatId);
    const { position } = await bob.ask<Chat>('GET', `/chats/${chatId}`);
    await ann.ask('PUT', '/settings', { body: { readReceipts: false } });
    const [hider, witness] = await Promise.all([openLive(app.url, ann.token), openLive(app.url, bob.token)]);
    await read(bob, chatId);
    await say(bob, chatId);
    const isReceipt = ({ name }: { name: string }): boolean => name === 'receipt.updated';
    await Promise.all([hider, witness].map((live) => live.until(({ type }) => type === 'message')));
    expect([hider, witness].map((live) => live.events.filter(isReceipt).length)).toEqual([0, 1]);

    const positions = { [`chat:${chatId}`]: position };
    const missedBy = async (who: Person) => {
      const { events } = await who.ask<{ events: { event: string }[] }>('POST', '/sync', { body: { positions } });
      return events.map(({ event }) => event);
    };
    expect(await missedBy(ann)).toEqual(['message.new']);
    expect(await missedBy(bob)).toEqual(['receipt.updated', 'message.new']);
    hider.send({ type: 'resume', positions });
    await hider.until(({ type }) => type === 'resumed');
    expect(hider.events.filter(isReceipt)).toEqual([]);

    await ann.ask('PUT', '/settings', { body: { readReceipts: true } });
    expect(await missedBy(ann)).toEqual(['receipt.updated', 'message.new']);
    await Promise.all([hider.close(), witness.close()]);
  });
});
