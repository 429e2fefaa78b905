import type { Chat, MessagePage, Participant } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
import { buildUser, type Person } from '../../testing/people.ts';
import { maxMembers } from './service.ts';

let app: TestApp;
let people: Person[];
let chatId: string;
beforeAll(async () => {
  app = await startApp();
  people = await Promise.all(Array.from({ length: 5 }, (_, index) => buildUser(app.url, `p${index}`)));
});
afterAll(() => app.close());
/** A group of the first three: owner, admin, member. */
beforeEach(async () => {
  const [owner, admin, member] = people as [Person, Person, Person];
  chatId = await makeGroup(owner, [admin, member]);
  await setRole(owner, admin, 'admin');
});

const person = (index: number): Person => people[index]!;
const makeGroup = async (owner: Person, others: readonly Person[], more = {}): Promise<string> => {
  const body = { type: 'group', title: 'T', memberIds: others.map(({ id }) => id), ...more };
  return (await owner.ask<Chat>('POST', '/chats', { body })).id;
};
const setRole = (by: Person, whom: Person, role: string) =>
  by.call('PATCH', `/chats/${chatId}/members/${whom.id}`, { body: { role } });
const transfer = (by: Person, whom: Person) =>
  by.call('POST', `/chats/${chatId}/transfer`, { body: { userId: whom.id } });
const add = (by: Person, ...whom: Person[]) =>
  by.call('POST', `/chats/${chatId}/members`, { body: { userIds: whom.map(({ id }) => id) } });
const remove = (by: Person, whom: Person) => by.call('DELETE', `/chats/${chatId}/members/${whom.id}`);
const membersOf = async (by: Person, query = {}) =>
  (await by.ask<{ items: Participant[]; nextCursor?: string }>('GET', `/chats/${chatId}/members`, { query })).items;
const services = async (by: Person): Promise<string[]> => {
  const { items } = await by.ask<MessagePage>('GET', `/chats/${chatId}/messages`);
  return items.flatMap(({ service }) => (service ? [service.action] : []));
};

describe('members', () => {
  test('are added once, told once, and have no backlog', async () => {
    await person(0).ask('POST', `/chats/${chatId}/messages`, { body: { content: 'before' } });
    const first = await add(person(1), person(3), person(3), person(2));
    expect(first.status).toBe(200);
    expect((await add(person(1), person(3))).status).toBe(200);
    expect(await services(person(0))).toEqual(['member_added']);
    expect(await person(3).ask<Chat>('GET', `/chats/${chatId}`)).toMatchObject({ memberCount: 4, unreadCount: 0 });
  });

  test('come in pages', async () => {
    const all = (await membersOf(person(0))).map(({ id }) => id);
    const { items, nextCursor } = await person(0).ask<{ items: Participant[]; nextCursor: string }>(
      'GET',
      `/chats/${chatId}/members`,
      { query: { limit: 2 } },
    );
    const rest = await membersOf(person(0), { limit: 2, cursor: nextCursor });
    expect([...items, ...rest].map(({ id }) => id)).toEqual(all);
    expect((await person(0).call('GET', `/chats/${chatId}/members`, { query: { cursor: 'x' } })).status).toBe(400);
  });

  test('are found by the start of a username or of a word of a name, those by username first', async () => {
    const [anna, wordy, gone] = await Promise.all(['anna', 'wordy', 'anton'].map((name) => buildUser(app.url, name)));
    await wordy!.ask('PATCH', '/me', { body: { displayName: 'Big AnnÄ 50%' } });
    await add(person(0), wordy!, anna!, gone!);
    await gone!.ask('POST', `/chats/${chatId}/leave`);
    const found = async (q: string) => (await membersOf(person(2), { q })).map(({ id }) => id);
    expect(await found('AN')).toEqual([anna!.id, wordy!.id]);
    expect(await found(' @annÄ')).toEqual([wordy!.id]);
    expect(await found('50%')).toEqual([wordy!.id]);
    expect(await found('5%')).toEqual([]);
    expect(await found('nn')).toEqual([]);
    expect(await membersOf(person(2), { q: 'an', limit: 1 })).toMatchObject([{ id: anna!.id, isMember: true }]);
    const both = { query: { q: 'an', cursor: anna!.id } };
    expect((await person(0).call('GET', `/chats/${chatId}/members`, both)).status).toBe(400);
  });

  test('who was removed is out at once and may be brought back as a plain member', async () => {
    await remove(person(0), person(1));
    expect((await person(1).call('GET', `/chats/${chatId}`)).status).toBe(404);
    expect((await add(person(1), person(4))).status).toBe(404);
    await add(person(0), person(1));
    expect(await person(1).ask<Chat>('GET', `/chats/${chatId}`)).toMatchObject({ myRole: 'member', memberCount: 3 });
    expect(await services(person(0))).toEqual(['member_removed', 'member_added']);
  });

  test('who left stays named beside what they wrote', async () => {
    await person(2).ask('POST', `/chats/${chatId}/messages`, { body: { content: 'bye' } });
    await person(2).ask('POST', `/chats/${chatId}/leave`);
    const page = await person(0).ask<MessagePage>('GET', `/chats/${chatId}/messages`);
    expect(page.participants.find(({ id }) => id === person(2).id)).toMatchObject({ isMember: false });
    expect((await membersOf(person(0))).map(({ id }) => id)).not.toContain(person(2).id);
  });

  test('are at most ten thousand, however they come', async () => {
    const publicName = `Full_${chatId.slice(-8)}`;
    await person(0).ask('PATCH', `/chats/${chatId}`, { body: { publicName } });
    await app.database.pool.query('update chats set member_count = $1 where id = $2', [maxMembers, chatId]);
    expect((await add(person(0), person(3))).body).toMatchObject({ code: 'too_many_members' });
    expect((await person(4).call('POST', `/chats/${chatId}/join`)).body).toMatchObject({ code: 'too_many_members' });
    expect((await add(person(0), person(2))).status, 'who is in it already').toBe(200);
    expect((await person(4).call('GET', `/chats/${chatId}`)).status).toBe(404);
  });

  test('join what has a public name, again after leaving, and once', async () => {
    const publicName = `Join_${chatId.slice(-8)}`;
    await person(0).ask('PATCH', `/chats/${chatId}`, { body: { publicName } });
    const joins = await Promise.all(Array.from({ length: 8 }, () => person(4).call('POST', `/chats/${chatId}/join`)));
    expect(joins.map(({ status }) => status)).toEqual(Array(8).fill(200));
    await person(4).ask('POST', `/chats/${chatId}/leave`);
    expect(await person(4).ask<Chat>('POST', `/chats/${chatId}/join`)).toMatchObject({
      memberCount: 4,
      myRole: 'member',
    });
    expect(await services(person(0))).toEqual(['member_joined', 'member_left', 'member_joined']);
  });
});

describe('the owner', () => {
  test('hands the chat over, is an admin then, and may leave', async () => {
    expect((await person(0).call('POST', `/chats/${chatId}/leave`)).body).toMatchObject({ code: 'owner_cannot_leave' });
    expect((await transfer(person(0), person(2))).body).toMatchObject({ role: 'owner' });
    const roles = Object.fromEntries((await membersOf(person(0))).map(({ id, role }) => [id, role]));
    expect(roles).toEqual({ [person(0).id]: 'admin', [person(1).id]: 'admin', [person(2).id]: 'owner' });
    expect((await person(0).call('DELETE', `/chats/${chatId}`)).status).toBe(403);
    expect((await person(0).call('POST', `/chats/${chatId}/leave`)).status).toBe(204);
    expect((await person(2).call('DELETE', `/chats/${chatId}`)).status).toBe(204);
  });

  test('is one, also when the chat is handed to two at once', async () => {
    await Promise.all([transfer(person(0), person(1)), setRole(person(0), person(2), 'owner')]);
    const owners = (await membersOf(person(0))).filter(({ role }) => role === 'owner');
    expect(owners).toHaveLength(1);
  });
});

test('who looks for names too often waits; the list itself is not counted', async () => {
  const limited = await startApp({ config: { rateLimits: true } });
  const carl = await buildUser(limited.url, 'carl');
  const { id } = await carl.ask<Chat>('POST', '/chats', { body: { type: 'group', title: 'T', memberIds: [] } });
  const list = async (query = {}) => (await carl.call('GET', `/chats/${id}/members`, { query })).status;
  const statuses = new Set<number>();
  for (let count = 0; count < 100 && !statuses.has(429); count += 1) statuses.add(await list({ q: 'c' }));
  expect([...statuses]).toEqual([200, 429]);
  expect(await list()).toBe(200);
  await limited.close();
});

/** All that takes locks in one chat, by everyone at once: never an error of the server's, and the books balance. */
test('five seconds of everything at once in one chat', { timeout: 60_000 }, async () => {
  const publicName = `Busy_${chatId.slice(-8)}`;
  await person(0).ask('PATCH', `/chats/${chatId}`, { body: { publicName } });
  const until = Date.now() + 5_000;
  const statuses = new Map<number, number>();
  const pick = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)]!;
  const body = { content: 'hi' };
  const deeds: ((who: Person, whom: Person) => Promise<{ status: number; body: unknown }>)[] = [
    (who, whom) => add(who, whom, pick(people)),
    remove,
    (who, whom) => setRole(who, whom, pick(['admin', 'member'])),
    (who) => who.call('POST', `/chats/${chatId}/leave`),
    (who) => who.call('POST', `/chats/${chatId}/join`),
    (who) => who.call('POST', `/chats/${chatId}/messages`, { body }),
    (who) => who.call('POST', `/chats/${chatId}/messages`, { body }),
    (who) => who.call('POST', `/chats/${chatId}/read`, { body: {} }),
    (who) => who.call('PUT', `/chats/${chatId}/pin`),
    (who) => who.call('PATCH', `/chats/${chatId}`, { body: { title: `T ${Math.random()}` } }),
    (who) => who.call('PATCH', '/me', { body: { displayName: `N ${Math.random()}` } }),
  ];
  async function act(): Promise<void> {
    while (Date.now() < until) {
      const { status, body: answer } = await pick(deeds)(pick(people), pick(people));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect(status, JSON.stringify(answer)).toBeLessThan(500);
    }
  }
  await Promise.all(Array.from({ length: 12 }, act));
  expect(statuses.get(201), 'messages were sent').toBeGreaterThan(0);
  await expectBalanced();
});

async function expectBalanced(): Promise<void> {
  const { rows } = await app.database.pool.query(
    `select c.member_count, h.last_offset, h.last_sequence, h.message_count,
       (select count(*)::int from chat_members m where m.chat_id = c.id and m.left_at is null) as members,
       (select count(*) from topic_log l where l.owner_id = c.id and l.kind = 'chat') as entries,
       (select max(log_offset) from topic_log l where l.owner_id = c.id and l.kind = 'chat') as newest,
       (select count(*) from messages m where m.chat_id = c.id) as messages,
       (select count(*) from messages m where m.chat_id = c.id and m.type <> 'system') as counted,
       (select max(sequence) from messages m where m.chat_id = c.id) as last
     from chats c join topic_heads h on h.owner_id = c.id and h.kind = 'chat' where c.id = $1`,
    [chatId],
  );
  const [books] = rows;
  expect(books.members).toBe(books.member_count);
  expect([books.entries, books.newest]).toEqual([books.last_offset, books.last_offset]);
  expect([books.messages, books.last]).toEqual([books.last_sequence, books.last_sequence]);
  expect(books.counted).toBe(books.message_count);
}
