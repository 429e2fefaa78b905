import type { Chat, ChatList } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../testing/app.ts';
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

const make = (person: Person, body: object) => person.call('POST', '/chats', { body });
const list = (person: Person, query = {}) => person.ask<ChatList>('GET', '/chats', { query });
let names = 0;
const freshName = (): string => `Fresh_name_${++names}`;

describe('a direct chat', () => {
  test('is one, however often and from whichever side it is made at once', async () => {
    const sides = Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0 ? ([ann, bob] as const) : ([bob, ann] as const),
    );
    const answers = await Promise.all(
      sides.map(([one, other]) => make(one, { type: 'direct', memberIds: [other.id] })),
    );
    expect(new Set(answers.map(({ body }) => (body as Chat).id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19);
    expect((await list(ann)).items).toHaveLength(1);
    const told = await app.database.pool.query(
      `select count(*)::int as count from topic_log where owner_id = any($1) and name = 'chat.created'`,
      [[ann.id, bob.id]],
    );
    expect(told.rows[0].count).toBe(2);
  });

  test('shows each the other, and can be made anew when it was deleted', async () => {
    const { body } = await make(ann, { type: 'direct', memberIds: [bob.id] });
    const [seenByBob] = (await list(bob)).items;
    expect((body as Chat).peer).toMatchObject({ id: bob.id, username: bob.username });
    expect(seenByBob).toMatchObject({ peer: { id: ann.id }, memberCount: 2, myRole: 'member' });
    await bob.ask('DELETE', `/chats/${(body as Chat).id}`);
    expect((await list(ann)).items).toEqual([]);
    const again = await make(ann, { type: 'direct', memberIds: [bob.id] });
    expect(again.status).toBe(201);
    expect((again.body as Chat).id).not.toBe((body as Chat).id);
  });

  test('with oneself is Saved Messages, also when nobody is named', async () => {
    const first = await make(ann, { type: 'direct', memberIds: [ann.id] });
    const second = await make(ann, { type: 'direct', memberIds: [] });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toMatchObject({ id: (first.body as Chat).id, memberCount: 1, peer: { id: ann.id } });
  });

  test('has no third person and no public name', async () => {
    const carl = await buildUser(app.url, 'carl');
    expect((await make(ann, { type: 'direct', memberIds: [bob.id, carl.id] })).status).toBe(400);
    expect((await make(ann, { type: 'direct', memberIds: [bob.id], publicName: freshName() })).status).toBe(400);
  });
});

describe('groups and channels', () => {
  test.each(['group', 'channel'])('a %s has an owner, members and no service message', async (type) => {
    const { body, status } = await make(ann, { type, title: 'Title', memberIds: [bob.id, bob.id, ann.id] });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      type,
      title: 'Title',
      memberCount: 2,
      myRole: 'owner',
      lastSequence: 0,
      unreadCount: 0,
    });
    expect(body).not.toHaveProperty('lastMessage');
    expect((await list(bob)).items[0]).toMatchObject({ id: (body as Chat).id, myRole: 'member' });
  });

  test('need a title', async () => {
    expect((await make(ann, { type: 'group', memberIds: [] })).body).toMatchObject({ code: 'validation_error' });
    expect((await make(ann, { type: 'group', title: ' ', memberIds: [] })).body).toMatchObject({
      code: 'validation_error',
    });
  });

  test('a name is one chat’s, in whatever case, and free again once let go', async () => {
    const publicName = freshName();
    const group = (await make(ann, { type: 'group', title: 'T', memberIds: [], publicName })).body as Chat;
    const taken = await make(bob, { type: 'channel', title: 'T', memberIds: [], publicName: publicName.toUpperCase() });
    expect(taken.body).toMatchObject({ code: 'public_name_taken' });
    expect((await list(bob)).items, 'nothing half made is left').toEqual([]);
    expect((await ann.ask<Chat>('GET', `/chats/by-name/${publicName.toLowerCase()}`)).id).toBe(group.id);
    await ann.ask('PATCH', `/chats/${group.id}`, { body: { publicName: null } });
    expect((await ann.call('GET', `/chats/by-name/${publicName}`)).status).toBe(404);
    expect((await make(bob, { type: 'channel', title: 'T', memberIds: [], publicName })).status).toBe(201);
    const back = await ann.call('PATCH', `/chats/${group.id}`, { body: { publicName, title: 'Not this either' } });
    expect(back.body).toMatchObject({ code: 'public_name_taken' });
    expect(await ann.ask<Chat>('GET', `/chats/${group.id}`)).toMatchObject({ title: 'T' });
  });

  test('a stranger finds a chat by its name, sees no more than what it is, and joins', async () => {
    const publicName = freshName();
    const channel = (await make(ann, { type: 'channel', title: 'Open', memberIds: [], publicName })).body as Chat;
    const found = await bob.ask<Chat>('GET', `/chats/by-name/${publicName}`);
    expect(found).toMatchObject({ id: channel.id, title: 'Open', memberCount: 1 });
    expect(found).not.toHaveProperty('lastMessage');
    const glimpse = await fetch(`${app.url}/v1/chats/by-name/${publicName.toUpperCase()}/glimpse`);
    expect(await glimpse.json()).toEqual({ type: 'channel', title: 'Open', memberCount: 1 });
    expect((await bob.call('GET', `/chats/${channel.id}`)).status).toBe(404);
    expect((await bob.call('POST', `/chats/${channel.id}/join`)).status).toBe(200);
    expect(await bob.ask<Chat>('GET', `/chats/${channel.id}`)).toMatchObject({ myRole: 'member', memberCount: 2 });
    await bob.ask('POST', `/chats/${channel.id}/leave`);
  });

  test('of those who want one name at once one gets it', async () => {
    const publicName = freshName();
    const wanted = [ann, bob].flatMap((person) =>
      Array.from({ length: 5 }, () => make(person, { type: 'group', title: 'T', memberIds: [], publicName })),
    );
    const statuses = (await Promise.all(wanted)).map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array(9).fill(409)]);
  });

  test('a change is told as a service message only when the title changed', async () => {
    const { id } = (await make(ann, { type: 'group', title: 'Before', memberIds: [] })).body as Chat;
    await ann.ask('PATCH', `/chats/${id}`, { body: { description: 'D' } });
    await ann.ask('PATCH', `/chats/${id}`, { body: { title: 'Before' } });
    expect(await ann.ask<Chat>('GET', `/chats/${id}`)).toMatchObject({ lastSequence: 0, description: 'D' });
    const chat = await ann.ask<Chat>('PATCH', `/chats/${id}`, { body: { title: 'After' } });
    expect(chat).toMatchObject({
      lastSequence: 1,
      unreadCount: 0,
      lastMessage: { service: { action: 'renamed', value: 'After' } },
    });
  });
});

describe('the list', () => {
  test('comes in pages, the latest first, each chat once', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1)
      ids.push(((await make(ann, { type: 'group', title: `${index}`, memberIds: [] })).body as Chat).id);
    await ann.ask('POST', `/chats/${ids[2]}/messages`, { body: { content: 'up' } });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(ann, { limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual([ids[2], ids[6], ids[5], ids[4], ids[3], ids[1], ids[0]]);
  });

  test('goes on where it was when chats of one moment lie on the edge of a page', async () => {
    for (let index = 0; index < 6; index += 1) await make(ann, { type: 'group', title: `${index}`, memberIds: [] });
    await app.database.pool.query(`update chats set created_at = '2026-01-01' where owner_id = $1`, [ann.id]);
    const seen: string[] = [];
    let page = await list(ann, { limit: 2 });
    for (;;) {
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === undefined) break;
      page = await list(ann, { limit: 2, cursor: page.nextCursor });
    }
    expect(new Set(seen).size).toBe(6);
    expect(seen).toHaveLength(6);
  });

  test('shows of each chat the newest message that is left for the viewer, and stands by it', async () => {
    const [older, newer] = await Promise.all(
      ['older', 'newer'].map(
        async (title) => ((await make(ann, { type: 'group', title, memberIds: [bob.id] })).body as Chat).id,
      ),
    );
    const say = async (chatId = '', content = '') =>
      `/chats/${chatId}/messages/${(await ann.ask<{ id: string }>('POST', `/chats/${chatId}/messages`, { body: { content } })).id}`;
    const [first, second] = [await say(older, 'one'), await say(older, 'two')];
    await say(newer, 'between');
    const third = await say(older, 'three');
    const shown = async (who: Person) =>
      (await list(who)).items.map(({ id, lastMessage }) => [id === older ? 'older' : 'newer', lastMessage?.content]);
    await bob.ask('DELETE', second);
    await bob.ask('DELETE', third);
    expect(await shown(bob)).toEqual([
      ['newer', 'between'],
      ['older', 'one'],
    ]);
    expect((await shown(ann))[0]).toEqual(['older', 'three']);
    await ann.ask('DELETE', third, { query: { forEveryone: true } });
    expect((await shown(ann))[1]).toEqual(['older', 'two']);
    expect(await bob.ask<Chat>('GET', `/chats/${older}`)).toMatchObject({ lastSequence: 3, unreadCount: 3 });
    for (const message of [first, second]) await ann.ask('DELETE', message, { query: { forEveryone: true } });
    for (const who of [ann, bob]) expect((await shown(who))[1]).toEqual(['older', undefined]);
  });

  test('looks for the last message among the newest 1,000 places', async () => {
    const { id } = (await make(ann, { type: 'group', title: 'emptied', memberIds: [] })).body as Chat;
    await ann.ask('POST', `/chats/${id}/messages`, { body: { content: 'the first' } });
    // As if all that came after it were deleted.
    const grow = 'update topic_heads set last_sequence = $2 where owner_id = $1';
    const lastAfter = async (places: number) => {
      await app.database.pool.query(grow, [id, places]);
      return (await ann.ask<Chat>('GET', `/chats/${id}`)).lastMessage?.content;
    };
    expect([await lastAfter(1_000), await lastAfter(1_001)]).toEqual(['the first', undefined]);
  });

  test('a cursor that is none of ours is refused', async () => {
    for (const cursor of [
      '',
      'x',
      '0000-01-01T00:00:00.000Z_00000000-0000-4000-8000-000000000000',
      '2026-99-99T00:00:00.000Z_00000000-0000-4000-8000-000000000000',
    ])
      expect((await ann.call('GET', '/chats', { query: { cursor } })).body).toMatchObject({ code: 'validation_error' });
  });
});

test('flags are one’s own', async () => {
  const { id } = (await make(ann, { type: 'group', title: 'T', memberIds: [bob.id] })).body as Chat;
  for (const flag of ['pin', 'favorite', 'archive']) await ann.ask('PUT', `/chats/${id}/${flag}`);
  await ann.ask('POST', `/chats/${id}/mute`, { body: { until: '2040-01-01T02:00:00+02:00' } });
  const flagged = { isPinned: true, isFavorite: true, isArchived: true, mutedUntil: '2040-01-01T00:00:00.000Z' };
  expect(await ann.ask<Chat>('GET', `/chats/${id}`)).toMatchObject(flagged);
  expect(await bob.ask<Chat>('GET', `/chats/${id}`)).toMatchObject({
    isPinned: false,
    isFavorite: false,
    isArchived: false,
  });
  await ann.ask('PUT', `/chats/${id}/mute`);
  expect((await ann.ask<Chat>('GET', `/chats/${id}`)).mutedUntil).toBe('9999-12-31T00:00:00.000Z');
  for (const flag of ['pin', 'favorite', 'archive', 'mute']) await ann.ask('DELETE', `/chats/${id}/${flag}`);
  const plain = await ann.ask<Chat>('GET', `/chats/${id}`);
  expect(plain).toMatchObject({ isPinned: false, isFavorite: false, isArchived: false });
  expect(plain).not.toHaveProperty('mutedUntil');
});
