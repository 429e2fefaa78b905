import { randomUUID } from 'node:crypto';
import type { Accepted, Chat, Forward, ForwardedFrom, Message, MessagePage, StoredFile } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { openLive } from '../../testing/live.ts';
import { buildUser, type Person } from '../../testing/people.ts';

let app: TestApp;
let ann: Person;
let bob: Person;
let carl: Person;
/** Of ann and bob; of ann and carl. */
let from: string;
let to: string;
beforeAll(async () => {
  app = await startApp();
  [ann, bob, carl] = (await Promise.all(['ann', 'bob', 'carl'].map((name) => buildUser(app.url, name)))) as [
    Person,
    Person,
    Person,
  ];
});
beforeEach(async () => {
  [from, to] = [await chat(ann, [bob]), await chat(ann, [carl])];
});
afterAll(() => app.close());

const chat = async (owner: Person, others: Person[], more: object = {}): Promise<string> => {
  const body = { type: 'group', title: 'T', memberIds: others.map(({ id }) => id), ...more };
  return (await owner.ask<Chat>('POST', '/chats', { body })).id;
};
const say = async (who: Person, chatId: string, content: string): Promise<string> =>
  (await who.ask<Message>('POST', `/chats/${chatId}/messages`, { body: { content } })).id;
const forward = (who: Person, body: Forward, chatId = to, headers = {}) =>
  who.call('POST', `/chats/${chatId}/messages/forward`, { body, headers });
const itemsOf = (answer: { body: unknown }): Message[] => (answer.body as { items: Message[] }).items;
const page = async (who: Person, chatId: string) =>
  (await who.ask<MessagePage>('GET', `/chats/${chatId}/messages`)).items;
const originIn = async (chatId: string, who = ann): Promise<ForwardedFrom | undefined> =>
  (await page(who, chatId)).at(-1)?.forwardedFrom;

test('is sent again in the order given, with a word on whose it is, and told like any message', async () => {
  const live = await openLive(app.url, carl.token);
  const ids = [await say(bob, from, 'one'), await say(ann, from, 'two'), await say(bob, from, 'three')];
  const answer = await forward(ann, { fromChatId: from, messageIds: [ids[2]!, ids[0]!, ids[1]!] });
  expect(answer.status).toBe(200);
  const bobs = { userId: bob.id, displayName: bob.username };
  expect(itemsOf(answer)).toMatchObject([
    { content: 'three', sequence: 1, senderId: ann.id, forwardedFrom: bobs },
    { content: 'one', sequence: 2, forwardedFrom: bobs },
    { content: 'two', sequence: 3, forwardedFrom: { userId: ann.id, displayName: ann.username } },
  ]);
  expect(await page(carl, to)).toEqual(itemsOf(answer));
  const told = await live.until(({ type }) => type === 'message');
  expect(told.message).toMatchObject({ content: 'three', forwardedFrom: bobs });
  await live.close();
});

describe('its origin', () => {
  test('is the first one, outlives it, and says nothing of a chat that is not public', async () => {
    const id = await say(bob, from, 'said once');
    const [again] = itemsOf(await forward(ann, { fromChatId: from, messageIds: [id] }));
    const third = await chat(carl, []);
    await forward(carl, { fromChatId: to, messageIds: [again!.id] }, third);
    await bob.ask('DELETE', `/chats/${from}/messages/${id}`, { query: { forEveryone: true } });
    await ann.ask('DELETE', `/chats/${to}/messages/${again!.id}`, { query: { forEveryone: true } });
    expect(await originIn(third, carl)).toEqual({ userId: bob.id, displayName: bob.username });
    expect(await originIn(to), 'deleted words have no origin').toBeUndefined();
    expect((await carl.ask<Chat>('GET', `/chats/${third}`)).lastMessage?.forwardedFrom?.userId).toBe(bob.id);
  });

  test('of a public channel is the channel and the message, of a private one the person', async () => {
    const publicName = `news_${randomUUID().slice(0, 8)}`;
    const open = await chat(bob, [ann], { type: 'channel', title: 'News', publicName });
    const messageId = await say(bob, open, 'posted');
    await forward(ann, { fromChatId: open, messageIds: [messageId] });
    expect(await originIn(to)).toEqual({ chatId: open, messageId, displayName: 'News' });
    const closed = await chat(bob, [ann], { type: 'channel', title: 'Secret' });
    await forward(ann, { fromChatId: closed, messageIds: [await say(bob, closed, 'whispered')] });
    expect(await originIn(to)).toEqual({ userId: bob.id, displayName: bob.username });
  });
});

describe('is refused', () => {
  const messageIds = async (): Promise<string[]> => [await say(ann, from, 'hello')];

  test('where one may not read or not write', async () => {
    const ids = await messageIds();
    expect(await forward(carl, { fromChatId: from, messageIds: ids })).toMatchObject({
      status: 404,
      body: { code: 'chat_not_found' },
    });
    expect(await forward(bob, { fromChatId: from, messageIds: ids })).toMatchObject({ status: 404 });
    const channel = await chat(bob, [ann], { type: 'channel' });
    expect(await forward(ann, { fromChatId: from, messageIds: ids }, channel)).toMatchObject({ status: 403 });
  });

  test('as a whole when one of them is gone, hidden, of service or elsewhere', async () => {
    const [kept, gone, hidden] = [await say(ann, from, 'a'), await say(ann, from, 'b'), await say(bob, from, 'c')];
    await ann.ask('DELETE', `/chats/${from}/messages/${gone}`, { query: { forEveryone: true } });
    await ann.ask('DELETE', `/chats/${from}/messages/${hidden}`);
    await ann.ask('POST', `/chats/${from}/messages/${kept}/pin`);
    const service = (await page(ann, from)).at(-1)!.id;
    const elsewhere = await say(ann, to, 'here');
    for (const id of [gone, hidden, service, elsewhere, randomUUID()])
      expect(await forward(ann, { fromChatId: from, messageIds: [kept, id] })).toMatchObject({ status: 403 });
    expect(await page(carl, to)).toHaveLength(1);
  });

  test('when the keys are not as many, or there are too many messages', async () => {
    const ids = await messageIds();
    const tooMany = Array.from({ length: 101 }, () => randomUUID());
    for (const body of [
      { fromChatId: from, messageIds: ids, clientMessageIds: ['a', 'b'] },
      { fromChatId: from, messageIds: tooMany },
      { fromChatId: from, messageIds: [] },
    ])
      expect(await forward(ann, body)).toMatchObject({ status: 400 });
  });
});

test('files, recordings and stickers come along, for those who see them there', async () => {
  const data = new FormData();
  data.set('file', new Blob(['the plan'], { type: 'text/plain' }), 'plan.txt');
  const file = await bob.ask<StoredFile>('POST', '/files', { body: data });
  const message = { content: 'look', fileIds: [file.id] };
  const { id } = await bob.ask<Message>('POST', `/chats/${from}/messages`, { body: message });
  const sticker = await bob.ask<Message>('POST', `/chats/${from}/messages`, { body: { stickerId: 'hello' } });
  expect((await carl.call('GET', `/files/${file.id}/download`)).status).not.toBe(302);
  const items = itemsOf(await forward(ann, { fromChatId: from, messageIds: [id, sticker.id] }));
  expect(items).toMatchObject([
    { messageType: 'file', content: 'look', attachments: [{ fileId: file.id, name: 'plan.txt' }] },
    { messageType: 'sticker', sticker: { id: 'hello' } },
  ]);
  expect(await page(carl, to)).toMatchObject([{ attachments: [{ fileId: file.id }] }, { messageType: 'sticker' }]);
  await bob.ask('DELETE', `/chats/${from}/messages/${id}`, { query: { forEveryone: true } });
  expect((await carl.call('GET', `/files/${file.id}/download`)).status).toBe(302);
});

test('with keys a repeat sends nothing twice', async () => {
  const messageIds = [await say(bob, from, 'a'), await say(bob, from, 'b')];
  const body = { fromChatId: from, messageIds, clientMessageIds: ['k1', 'k2'] };
  const answers = await Promise.all([forward(ann, body), forward(ann, body)]);
  const later = await forward(ann, body, to, { prefer: 'respond-async' });
  expect(later.status).toBe(202);
  const ids = (itemsOf(later) as unknown as Accepted[]).map(({ id }) => id);
  for (const answer of answers) expect(itemsOf(answer).map(({ id }) => id)).toEqual(ids);
  expect((await page(carl, to)).map(({ id }) => id)).toEqual(ids);
});

test('what somebody else said cannot be edited under their name', async () => {
  const [again] = itemsOf(await forward(ann, { fromChatId: from, messageIds: [await say(bob, from, 'mine')] }));
  const path = `/chats/${to}/messages/${again!.id}`;
  expect(await ann.call('PUT', path, { body: { content: 'not his words' } })).toMatchObject({ status: 403 });
});
