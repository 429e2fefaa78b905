import type { Accepted, Chat, MessagePage, ScheduledMessage } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { openLive } from '../../testing/live.ts';
import { buildUser, type Person } from '../../testing/people.ts';

let app: TestApp;
let now = Date.now();
let ann: Person;
let bob: Person;
let chatId: string;
beforeAll(async () => {
  app = await startApp({ now: () => now });
  [ann, bob] = (await Promise.all(['ann', 'bob'].map((name) => buildUser(app.url, name)))) as [Person, Person];
});
afterAll(() => app.close());
beforeEach(async () => {
  const body = { type: 'group', title: 'T', memberIds: [bob.id] };
  chatId = (await ann.ask<Chat>('POST', '/chats', { body })).id;
});

const soon = { interval: 50 };
const inMs = (ms: number): string => new Date(now + ms).toISOString();
const schedule = (by: Person, ms: number, more: object = {}) =>
  by.call('POST', `/chats/${chatId}/messages`, { body: { content: 'later', scheduledAt: inMs(ms), ...more } });
const list = async (by: Person) =>
  (await by.ask<{ items: ScheduledMessage[] }>('GET', `/chats/${chatId}/scheduled-messages`)).items;
const said = async () =>
  (await ann.ask<MessagePage>('GET', `/chats/${chatId}/messages`)).items.filter(({ service }) => service === undefined);
const at = (id: string) => `/chats/${chatId}/scheduled-messages/${id}`;

test('waits for its time, seen by its sender only, and is sent once under the id it was given', async () => {
  const { status, body } = await schedule(bob, 60_000, { clientMessageId: 'k1', silent: true });
  expect(status).toBe(202);
  const { id } = body as Accepted;
  expect((await schedule(bob, 60_000, { clientMessageId: 'k1' })).body).toMatchObject({ id });
  expect(await list(bob)).toEqual([
    { id, chatId, content: 'later', messageType: 'text', silent: true, scheduledAt: inMs(60_000) },
  ]);
  expect(await list(ann)).toEqual([]);
  expect(await said()).toEqual([]);
  now += 60_000;
  await expect.poll(said, soon).toMatchObject([{ id, content: 'later', silent: true, sequence: 1 }]);
  await expect.poll(() => list(bob), soon).toEqual([]);
});

test('can be changed, moved to now, and cancelled by nobody else', async () => {
  const { id } = (await schedule(bob, 60_000)).body as Accepted;
  expect((await ann.call('PUT', at(id), { body: { content: 'mine' } })).status).toBe(403);
  expect((await ann.call('DELETE', at(id))).status).toBe(403);
  await bob.ask('PUT', at(id), { body: { content: 'other words' } });
  await bob.ask('PUT', at(id), { body: { scheduledAt: inMs(-1) } });
  await expect.poll(said, soon).toMatchObject([{ id, content: 'other words' }]);
  const second = (await schedule(bob, 60_000)).body as Accepted;
  await bob.ask('DELETE', at(second.id));
  expect((await bob.call('DELETE', at(second.id))).status).toBe(403);
  expect(await list(bob)).toEqual([]);
});

test('after a crash between the queue and the row it is not sent twice', async () => {
  const { id } = (await schedule(bob, 60_000, { clientMessageId: 'crash' })).body as Accepted;
  const { rows } = await app.database.pool.query('select * from scheduled_messages where id = $1', [id]);
  now += 60_000;
  await expect.poll(said, soon).toHaveLength(1);
  await expect.poll(() => list(bob), soon).toEqual([]);
  // As the crash leaves it: the queue has the message, the row is still there.
  await app.database.pool.query(
    'insert into scheduled_messages (chat_id, id, user_id, command, scheduled_at) values ($1, $2, $3, $4, $5)',
    [rows[0].chat_id, id, rows[0].user_id, JSON.stringify(rows[0].command), rows[0].scheduled_at],
  );
  await expect.poll(() => list(bob), soon).toEqual([]);
  expect(await said()).toHaveLength(1);
});

test('of somebody who is no longer in the chat it is not sent, they are told, and find it when they are back', async () => {
  const { id } = (await schedule(bob, 60_000)).body as Accepted;
  const live = await openLive(app.url, bob.token);
  await ann.ask('DELETE', `/chats/${chatId}/members/${bob.id}`);
  now += 60_000;
  const failed = await live.until(({ type }) => type === 'message_failed');
  expect(failed).toMatchObject({ id, chatId, code: 'chat_not_found' });
  expect((await bob.call('GET', `/chats/${chatId}/scheduled-messages`)).status).toBe(404);
  await ann.ask('POST', `/chats/${chatId}/members`, { body: { userIds: [bob.id] } });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await said(), 'it is not tried by itself').toEqual([]);
  const failedCode = 'chat_not_found';
  expect(await list(bob)).toMatchObject([{ id, content: 'later', failedCode }]);
  expect(await bob.ask('PUT', at(id), { body: { content: 'better' } })).toMatchObject({
    content: 'better',
    failedCode,
  });
  expect(await bob.ask('PUT', at(id), { body: { scheduledAt: inMs(-1) } })).not.toHaveProperty('failedCode');
  await expect.poll(said, soon).toMatchObject([{ id, content: 'better' }]);
  expect(await list(bob)).toEqual([]);
  await live.close();
});

test('one with which something is wrong holds up nobody, and is kept', async () => {
  const { id } = (await schedule(bob, 60_000)).body as Accepted;
  const broken = 'update scheduled_messages set command = jsonb_set(command, $2, $3) where id = $1';
  await app.database.pool.query(broken, [id, ['media'], { fileIds: ['no id'] }]);
  const { id: next } = (await schedule(bob, 60_001)).body as Accepted;
  now += 60_001;
  await expect.poll(said, soon).toMatchObject([{ id: next }]);
  const left = await app.database.pool.query('delete from scheduled_messages where id = $1 returning failed_code', [
    id,
  ]);
  expect(left.rows).toEqual([{ failed_code: null }]);
});

test('goes with the chat, also where it has failed before', async () => {
  const left = async () =>
    (await app.database.pool.query('select failed_code as code from scheduled_messages where chat_id = $1', [chatId]))
      .rows;
  await schedule(bob, 60_000);
  await ann.ask('DELETE', `/chats/${chatId}/members/${bob.id}`);
  now += 60_000;
  await expect.poll(left, soon).toEqual([{ code: 'chat_not_found' }]);
  await schedule(ann, 60_000);
  await ann.ask('DELETE', `/chats/${chatId}`);
  expect(await left()).toEqual([{ code: null }]);
  now += 60_000;
  await expect.poll(left, soon).toEqual([]);
});

test('what is due already is sent at once; what lies too far ahead is refused', async () => {
  expect((await schedule(bob, -1)).status).toBe(201);
  expect((await schedule(bob, 400 * 86_400_000)).status).toBe(400);
});
