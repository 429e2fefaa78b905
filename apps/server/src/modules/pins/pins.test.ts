import type { Chat, Message, MessagePage, PinnedMessages } from '@parley/contract';
import { connectSocketClient, disconnectSocketClient, emitWithAck, waitForEvent } from '@parley/realtime/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { openLive } from '../../testing/live.ts';
import { buildUser, type Person } from '../../testing/people.ts';
import { maxPins } from './policy.ts';

let app: TestApp;
let ann: Person;
let bob: Person;
let chatId: string;
beforeAll(async () => {
  app = await startApp();
  [ann, bob] = await Promise.all([buildUser(app.url, 'ann'), buildUser(app.url, 'bob')]);
});
beforeEach(async () => {
  const body = { type: 'group', title: 'T', memberIds: [bob.id] };
  chatId = (await ann.ask<Chat>('POST', '/chats', { body })).id;
});
afterAll(() => app.close());

const say = async (content: string, who = ann): Promise<string> =>
  (await who.ask<Message>('POST', `/chats/${chatId}/messages`, { body: { content } })).id;
const pinPath = (messageId: string): string => `/chats/${chatId}/messages/${messageId}/pin`;
const pin = (messageId: string, who = ann) => who.call('POST', pinPath(messageId));
const unpin = (messageId: string, who = ann) => who.call('DELETE', pinPath(messageId));
const list = (who = bob) => who.ask<PinnedMessages>('GET', `/chats/${chatId}/pinned-messages`);
const texts = async (who = bob) => (await list(who)).items.map(({ content }) => content);
const latest = (who = bob) => who.ask<Message | null>('GET', `/chats/${chatId}/pinned-message`);

test('are listed with the latest first, to all; nothing is null', async () => {
  expect(await latest()).toBeNull();
  const [first, second] = [await say('first'), await say('second')];
  for (const id of [second, first, second]) expect((await pin(id)).status).toBe(204);
  expect(await texts()).toEqual(['first', 'second']);
  expect(await latest()).toMatchObject({ id: first });
  const { participants, position } = await list();
  expect(participants.map(({ id }) => id)).toEqual([ann.id]);
  const page = await bob.ask<MessagePage>('GET', `/chats/${chatId}/messages`);
  expect(position).toEqual(page.position);
  expect((await unpin(first)).status).toBe(204);
  expect((await unpin(first)).status).toBe(204);
  expect(await texts()).toEqual(['second']);
});

test('are noted in the history, once, and nobody has to read that', async () => {
  const id = await say('look here', bob);
  await bob.ask('POST', `/chats/${chatId}/read`, { body: {} });
  await pin(id);
  await pin(id);
  const { items } = await bob.ask<MessagePage>('GET', `/chats/${chatId}/messages`);
  expect(items.map(({ service }) => service)).toEqual([
    undefined,
    { action: 'pinned', actorId: ann.id, message: { messageId: id, sequence: 1 } },
  ]);
  expect(await bob.ask<Chat>('GET', `/chats/${chatId}`)).toMatchObject({ unreadCount: 0, lastSequence: 2 });
  expect(await pin(items[1]!.id)).toMatchObject({ status: 403 });
});

test('are the business of admins, but of both in a direct chat', async () => {
  const id = await say('mine', bob);
  expect(await pin(id, bob)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  await pin(id);
  expect(await unpin(id, bob)).toMatchObject({ status: 403 });
  await ann.ask('PATCH', `/chats/${chatId}/members/${bob.id}`, { body: { role: 'admin' } });
  expect((await unpin(id, bob)).status).toBe(204);
  chatId = (await ann.ask<Chat>('POST', '/chats', { body: { type: 'direct', memberIds: [bob.id] } })).id;
  expect((await pin(await say('between us'), bob)).status).toBe(204);
});

test('end with the message, for all or for who deleted it for themself', async () => {
  const [gone, hidden] = [await say('gone'), await say('hidden')];
  await pin(gone);
  await pin(hidden);
  await bob.ask('DELETE', `/chats/${chatId}/messages/${hidden}`);
  await ann.ask('DELETE', `/chats/${chatId}/messages/${gone}`, { query: { forEveryone: true } });
  expect(await texts(bob)).toEqual([]);
  expect(await texts(ann)).toEqual(['hidden']);
  expect(await pin(gone)).toMatchObject({ status: 403 });
});

test('have a bound', async () => {
  const id = await say('one too many');
  await app.database.pool.query(
    `insert into pinned_messages (chat_id, message_id, pinned_by) select $1, gen_random_uuid(), $2 from generate_series(1, $3::int)`,
    [chatId, ann.id, maxPins],
  );
  expect(await pin(id)).toMatchObject({ status: 422, body: { code: 'too_many_pins' } });
});

describe('are told', () => {
  test('on /ws and on Socket.IO, with the message', async () => {
    const live = await openLive(app.url, bob.token);
    const socket = await connectSocketClient(app.url, { token: bob.token });
    await emitWithAck(socket, 'room:join', { chatId });
    const messageId = await say('look here');
    const heard = waitForEvent(socket, 'message.pinned');
    await pin(messageId);
    const told = { chatId, messageId, pinnedBy: ann.id, message: { content: 'look here', sequence: 1 } };
    expect(await heard).toMatchObject(told);
    expect(await live.until(({ type }) => type === 'message_pinned')).toMatchObject(told);
    const gone = waitForEvent(socket, 'message.unpinned');
    await ann.ask('DELETE', `/chats/${chatId}/messages/${messageId}`, { query: { forEveryone: true } });
    expect(await gone).toMatchObject({ chatId, messageId, unpinnedBy: ann.id });
    expect(await live.until(({ type }) => type === 'message_unpinned')).toMatchObject({ chatId, messageId });
    await live.until(({ type }) => type === 'message_deleted');
    await Promise.all([live.close(), disconnectSocketClient(socket)]);
  });
});
