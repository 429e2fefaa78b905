import type { Chat, Draft } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { openLive } from '../../testing/live.ts';
import { buildUser, type Person } from '../../testing/people.ts';

let app: TestApp;
let ann: Person;
let bob: Person;
let chatId: string;
beforeAll(async () => {
  app = await startApp();
  [ann, bob] = (await Promise.all(['ann', 'bob'].map((name) => buildUser(app.url, name)))) as [Person, Person];
});
afterAll(() => app.close());
beforeEach(async () => {
  const body = { type: 'group', title: 'T', memberIds: [bob.id] };
  chatId = (await ann.ask<Chat>('POST', '/chats', { body })).id;
});

const save = (by: Person, body: object) => by.call('PUT', `/chats/${chatId}/draft`, { body });
const draftOf = async (by: Person) => (await by.ask<Chat>('GET', `/chats/${chatId}`)).draft;

test('is kept for oneself only, with what it answers, until it is empty', async () => {
  const { id } = await bob.ask<{ id: string }>('POST', `/chats/${chatId}/messages`, { body: { content: 'hello' } });
  expect((await save(ann, { content: 'I was ', replyToMessageId: id })).status).toBe(204);
  expect(await draftOf(ann)).toMatchObject({ content: 'I was ', replyToMessageId: id });
  expect(await draftOf(bob)).toBeUndefined();
  await save(ann, { content: ' ' });
  expect(await draftOf(ann)).toBeUndefined();
});

test('is told to one’s own devices, once for each change, and to nobody else', async () => {
  const [own, other] = await Promise.all([ann, bob].map((person) => openLive(app.url, person.token)));
  await save(ann, { content: 'a' });
  await save(ann, { content: 'a' });
  await save(ann, { content: 'ab' });
  await save(ann, { content: '' });
  await save(ann, { content: '' });
  await ann.ask('POST', `/chats/${chatId}/messages`, { body: { content: 'the end' } });
  await Promise.all([own, other].map((live) => live!.until(({ type }) => type === 'message')));
  const told = (live: typeof own) =>
    live!.events.filter(({ name }) => name === 'draft.updated').map(({ frame }) => frame.data);
  expect((told(own) as { draft?: Draft }[]).map(({ draft }) => draft?.content)).toEqual(['a', 'ab', undefined]);
  expect(told(other)).toEqual([]);
  await Promise.all([own, other].map((live) => live!.close()));
});

test('of many at once the last in the log is the one that stays', async () => {
  const live = await openLive(app.url, ann.token);
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => save(ann, { content: index % 5 === 0 ? '' : `v${index}` })),
  );
  await ann.ask('POST', `/chats/${chatId}/messages`, { body: { content: 'the end' } });
  await live.until(({ type }) => type === 'message');
  const { data } = live.events.findLast(({ name }) => name === 'draft.updated')!.frame;
  expect((data as { draft?: Draft }).draft).toEqual(await draftOf(ann));
  await live.close();
});

test('is as long as a message may be', async () => {
  expect((await save(ann, { content: '🎉'.repeat(8_000) })).status).toBe(204);
  expect((await save(ann, { content: 'x'.repeat(8_001) })).status).toBe(422);
});
