import type { Chat, User } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { type Live, openLive } from '../../testing/live.ts';
import { buildUser, type Person } from '../../testing/people.ts';

let app: TestApp;
let ann: Person;
let bob: Person;
let carl: Person;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  [ann, bob, carl] = (await Promise.all(['ann', 'bob', 'carl'].map((name) => buildUser(app.url, name)))) as [
    Person,
    Person,
    Person,
  ];
});

const block = (by: Person, whom: Person) => by.ask('PUT', `/blocks/${whom.id}`);
const unblock = (by: Person, whom: Person) => by.ask('DELETE', `/blocks/${whom.id}`);
const talk = (by: Person, whom: Person) =>
  by.call('POST', '/chats', { body: { type: 'direct', memberIds: [whom.id] } });
const say = (by: Person, chatId: string) =>
  by.call('POST', `/chats/${chatId}/messages`, { body: { content: 'hello' } });
const codeOf = ({ status, body }: { status: number; body: unknown }) => [status, (body as { code?: string }).code];
const group = (by: Person, ...whom: Person[]) =>
  by.call('POST', '/chats', { body: { type: 'group', title: 'T', memberIds: whom.map(({ id }) => id) } });
const idOf = ({ body }: { body: unknown }) => (body as Chat).id;
const seen = async (by: Person, whom: Person) => (await by.ask<User>('GET', `/users/${whom.id}`)).presence?.state;
const presenceOf = (live: Live, whom: Person) =>
  live.frames.filter(({ type, userId }) => type === 'presence' && userId === whom.id).map(({ state }) => state);

test('whoever is blocked cannot begin to talk, and neither can who blocks', async () => {
  await block(ann, bob);
  expect(codeOf(await talk(bob, ann))).toEqual([403, 'not_reachable']);
  expect(codeOf(await talk(ann, bob))).toEqual([403, 'person_blocked']);
  await unblock(ann, bob);
  expect((await talk(bob, ann)).status).toBe(201);
});

test('in a direct chat nobody writes while it lasts; what was written stays', async () => {
  const chatId = idOf(await talk(ann, bob));
  await say(bob, chatId);
  await block(ann, bob);
  expect(codeOf(await say(bob, chatId))).toEqual([403, 'not_reachable']);
  expect(codeOf(await say(ann, chatId))).toEqual([403, 'person_blocked']);
  await block(bob, ann);
  expect(codeOf(await say(ann, chatId)), 'one is told of the other’s block first').toEqual([403, 'not_reachable']);
  await unblock(bob, ann);
  expect((await talk(bob, ann)).status, 'the chat itself is still theirs').toBe(200);
  expect((await ann.ask<Chat>('GET', `/chats/${chatId}`)).peer).toMatchObject({ id: bob.id, isBlocked: true });
  expect((await bob.ask<Chat>('GET', `/chats/${chatId}`)).peer).not.toHaveProperty('isBlocked');
  await unblock(ann, bob);
  expect((await say(bob, chatId)).status).toBe(201);
});

test('whoever is blocked cannot add one to chats, but may be in them', async () => {
  const own = idOf(await group(bob, carl));
  const shared = idOf(await group(carl, ann, bob));
  await block(ann, bob);
  expect(codeOf(await group(bob, ann))).toEqual([403, 'not_reachable']);
  const adding = await bob.call('POST', `/chats/${own}/members`, { body: { userIds: [ann.id] } });
  expect(codeOf(adding)).toEqual([403, 'not_reachable']);
  expect((await say(bob, shared)).status).toBe(201);
});

test('the list is one’s own, the latest first, and each is in it once', async () => {
  await block(ann, bob);
  await block(ann, carl);
  await block(ann, bob);
  const { items } = await ann.ask<{ items: User[] }>('GET', '/blocks');
  expect(items.map(({ id, isBlocked }) => [id, isBlocked])).toEqual([
    [carl.id, true],
    [bob.id, true],
  ]);
  expect(await bob.ask('GET', '/blocks')).toEqual({ items: [] });
  expect(codeOf(await ann.call('PUT', `/blocks/${ann.id}`))).toEqual([403, 'forbidden']);
});

test('presence ends at once for whoever is blocked, on screen and in chats, and comes back', async () => {
  await talk(ann, bob);
  await group(carl, ann, bob);
  const here = await openLive(app.url, ann.token);
  const watcher = await openLive(app.url, bob.token);
  await expect.poll(() => seen(bob, ann)).toBe('online');
  watcher.send({ type: 'watch', userIds: [ann.id] });
  await expect.poll(() => presenceOf(watcher, ann).at(-1)).toBe('online');
  await block(ann, bob);
  await expect.poll(() => presenceOf(watcher, ann).at(-1)).toBe('offline');
  expect(await seen(bob, ann)).toBe('offline');
  expect(await seen(carl, ann)).toBe('online');
  const told = presenceOf(watcher, ann).length;
  here.send({ type: 'presence_update', status: 'away' });
  await expect.poll(() => seen(carl, ann)).toBe('away');
  await app.modules.presence.settled();
  watcher.send({ type: 'watch', userIds: [] });
  watcher.send({ type: 'watch', userIds: [ann.id] });
  await watcher.ask({ type: 'ping' });
  expect(presenceOf(watcher, ann)).toHaveLength(told);
  await unblock(ann, bob);
  await expect.poll(() => presenceOf(watcher, ann).at(-1)).toBe('away');
  await Promise.all([here.close(), watcher.close()]);
});

test('typing is not told across a block', async () => {
  const chatId = idOf(await talk(ann, bob));
  const [here, there] = await Promise.all([openLive(app.url, ann.token), openLive(app.url, bob.token)]);
  there.send({ type: 'typing', chatId });
  await here.until(({ type }) => type === 'typing');
  const heard = () => here.frames.filter(({ type }) => type === 'typing').length;
  const before = heard();
  await block(ann, bob);
  there.send({ type: 'typing', chatId });
  await there.ask({ type: 'ping' });
  await ann.ask('PATCH', '/me', { body: { bio: 'after it' } });
  await here.until(({ type }) => type === 'user_profile_updated');
  expect(heard()).toBe(before);
  await Promise.all([here.close(), there.close()]);
});
