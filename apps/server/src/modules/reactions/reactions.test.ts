import type { Chat, Message, MessagePage, Reaction, ReactionsByMessage } from '@parley/contract';
import { connectSocketClient, disconnectSocketClient, emitWithAck, waitForEvent } from '@parley/realtime/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { openLive } from '../../testing/live.ts';
import { buildUser, type Person } from '../../testing/people.ts';

let app: TestApp;
let ann: Person;
let bob: Person;
let chatId: string;
let message: Message;
beforeAll(async () => {
  app = await startApp();
  [ann, bob] = await Promise.all([buildUser(app.url, 'ann'), buildUser(app.url, 'bob')]);
});
beforeEach(async () => {
  const body = { type: 'group', title: 'T', memberIds: [bob.id] };
  chatId = (await ann.ask<Chat>('POST', '/chats', { body })).id;
  message = await ann.ask<Message>('POST', `/chats/${chatId}/messages`, { body: { content: 'hello' } });
});
afterAll(() => app.close());

const path = (): string => `/chats/${chatId}/messages/${message.id}`;
const react = (who: Person, emoji: string) => who.call('POST', `${path()}/reactions`, { body: { emoji } });
const inPage = async (who: Person): Promise<Reaction[] | undefined> =>
  (await who.ask<MessagePage>('GET', `/chats/${chatId}/messages`)).items[0]?.reactions;
const listed = (who: Person) =>
  who.ask<ReactionsByMessage>('GET', `/chats/${chatId}/reactions`, { query: { messageIds: message.id } });

test('are left, taken back, and stand in the order in which the kinds came, each viewer with their own', async () => {
  expect(await inPage(ann)).toBeUndefined();
  expect(await react(ann, '🎉')).toMatchObject({ status: 200, body: { action: 'added' } });
  await react(bob, '👍');
  await react(bob, '🎉');
  const both = [
    { emoji: '🎉', count: 2, me: true },
    { emoji: '👍', count: 1, me: false },
  ];
  expect(await inPage(ann)).toEqual(both);
  expect(await listed(bob)).toEqual({ [message.id]: both.map((kind) => ({ ...kind, me: true })) });
  expect(await react(ann, '🎉')).toMatchObject({ body: { action: 'removed' } });
  await react(bob, '🎉');
  await react(ann, '🎉');
  expect(await inPage(ann)).toEqual([
    { emoji: '👍', count: 1, me: false },
    { emoji: '🎉', count: 1, me: true },
  ]);
});

test('may be said as they are wanted, as often as one likes, and are told once', async () => {
  const want = async (emoji: string, isWanted: boolean) =>
    (await ann.call('POST', `${path()}/reactions`, { body: { emoji, isWanted } })).body;
  const logged = async () =>
    (await app.database.pool.query('select last_offset from topic_heads where owner_id = $1', [chatId])).rows[0];
  const before = Number((await logged()).last_offset);
  for (const isWanted of [false, true, true])
    expect(await want('❤', isWanted)).toEqual({ action: isWanted ? 'added' : 'removed' });
  expect(await inPage(ann)).toEqual([{ emoji: '❤️', count: 1, me: true }]);
  for (const isWanted of [false, false]) expect(await want('❤️', isWanted)).toEqual({ action: 'removed' });
  expect(await inPage(ann)).toBeUndefined();
  expect(Number((await logged()).last_offset) - before).toBe(2);
});

test('of two spellings are one', async () => {
  await react(ann, '\u2764');
  await react(bob, '\u2764\uFE0F');
  expect(await inPage(ann)).toEqual([{ emoji: '\u2764\uFE0F', count: 2, me: true }]);
});

test('are emoji, on what is there, up to three each', async () => {
  expect(await react(ann, 'hello')).toMatchObject({ status: 400, body: { code: 'validation_error' } });
  for (const emoji of ['👍', '🎉', '🔥']) await react(ann, emoji);
  expect(await react(ann, '😂')).toMatchObject({ status: 422, body: { code: 'too_many_reactions' } });
  expect(await inPage(ann)).toHaveLength(3);
  await ann.ask('DELETE', path(), { query: { forEveryone: true } });
  expect(await react(bob, '👍')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});

test('go with the message', async () => {
  await react(bob, '👍');
  await ann.ask('DELETE', path(), { query: { forEveryone: true } });
  expect(await inPage(ann)).toBeUndefined();
  expect(await listed(ann)).toEqual({ [message.id]: [] });
  const { rows } = await app.database.pool.query('select 1 from reactions where message_id = $1', [message.id]);
  expect(rows).toEqual([]);
});

test('many at once are counted right', async () => {
  const people = await Promise.all(Array.from({ length: 8 }, (_, index) => buildUser(app.url, `fan${index}`)));
  await ann.ask('POST', `/chats/${chatId}/members`, { body: { userIds: people.map(({ id }) => id) } });
  await Promise.all(people.flatMap((who) => [react(who, '👍'), react(who, '🎉')]));
  await Promise.all(people.slice(0, 3).map((who) => react(who, '👍')));
  const counts = new Map((await inPage(ann))!.map(({ emoji, count }) => [emoji, count]));
  expect(counts).toEqual(
    new Map([
      ['👍', 5],
      ['🎉', 8],
    ]),
  );
});

test('a list names only messages of the chat, and at most a hundred', async () => {
  await react(ann, '👍');
  const elsewhere = (await ann.ask<Chat>('POST', '/chats', { body: { type: 'group', title: 'U', memberIds: [] } })).id;
  const query = { messageIds: message.id };
  expect(await ann.ask('GET', `/chats/${elsewhere}/reactions`, { query })).toEqual({ [message.id]: [] });
  const many = Array.from({ length: 101 }, () => message.id).join(',');
  expect(await ann.call('GET', `/chats/${chatId}/reactions`, { query: { messageIds: many } })).toMatchObject({
    status: 400,
  });
});

describe('are told', () => {
  test('on /ws and on Socket.IO, with all counts, and again after a break', async () => {
    const live = await openLive(app.url, bob.token);
    const socket = await connectSocketClient(app.url, { token: bob.token });
    const { data: since } = (await emitWithAck(socket, 'room:join', { chatId })) as { data: unknown };
    const heard = waitForEvent(socket, 'reaction.added');
    await react(ann, '👍');
    const payload = { chatId, messageId: message.id, userId: ann.id, emoji: '👍', action: 'added' };
    expect(await heard).toMatchObject({ ...payload, counts: [{ emoji: '👍', count: 1 }] });
    const gone = waitForEvent(socket, 'reaction.removed');
    await react(ann, '👍');
    expect(await gone).toMatchObject({ ...payload, action: 'removed', counts: [] });
    expect(await live.until(({ type }) => type === 'reaction')).toMatchObject(payload);
    await Promise.all([live.close(), disconnectSocketClient(socket)]);
    const later = await openLive(app.url, bob.token);
    later.send({ type: 'resume', positions: { [`chat:${chatId}`]: since } });
    const replayed = await later.until((frame) => frame.type === 'reaction' && frame.action === 'removed');
    expect(replayed).toMatchObject({ counts: [] });
    await later.close();
  });
});
