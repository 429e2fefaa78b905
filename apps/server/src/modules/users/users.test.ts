import { userTopic } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createHead } from '../../log/heads.ts';
import { type Accounts, createAccounts, password } from '../auth/testing/accounts.ts';
import { createUsers, type Users } from './service.ts';

let accounts: Accounts;
let users: Users;
let adaId: string;
const chats = [
  { chatId: '00000000-0000-7000-8000-000000000001', participantId: '00000000-0000-7000-8000-00000000000a' },
  { chatId: '00000000-0000-7000-8000-000000000002', participantId: '00000000-0000-7000-8000-00000000000b' },
];

beforeAll(async () => {
  accounts = await createAccounts();
  const { database, log, auth } = accounts;
  users = createUsers({
    db: database.db,
    log,
    chatsOf: async (_trx, userId) => (userId === adaId ? chats : []),
    presenceOf: (_viewerId, userIds) =>
      new Map(userIds.filter((id) => id === adaId).map((id) => [id, { status: 'online', state: 'online' }])),
  });
  adaId = (await auth.register({ username: 'Ada', email: 'ada@example.org', password, displayName: ' Ada L. ' })).id;
  await database.db.transaction().execute(async (trx) => {
    for (const { chatId } of chats) await createHead(trx, `chat:${chatId}`);
  });
});
afterAll(() => accounts.database.drop());

const logged = async () =>
  (await accounts.database.db.selectFrom('topic_log').select(['kind', 'owner_id', 'name', 'facts']).execute()).filter(
    (row) => row.name !== 'session.ended',
  );

describe('people', () => {
  test('are found by id and by username in any case, with what may be known of their presence', async () => {
    const ada = { id: adaId, username: 'Ada', displayName: 'Ada L.', presence: { status: 'online', state: 'online' } };
    expect(await users.get(adaId, adaId)).toEqual(ada);
    expect(await users.byUsername(adaId, 'aDa')).toEqual(ada);
  });

  test('who are not there are not found', async () => {
    await expect(users.byUsername(adaId, 'nobody')).rejects.toMatchObject({ code: 'user_not_found' });
    await expect(users.get(adaId, chats[0]!.chatId)).rejects.toMatchObject({ code: 'user_not_found' });
  });

  test('see more of themselves', async () => {
    expect(await users.me(adaId)).toEqual({
      id: adaId,
      username: 'Ada',
      displayName: 'Ada L.',
      email: 'ada@example.org',
      isAdmin: true,
      createdAt: new Date(accounts.clock.now).toISOString(),
    });
  });
});

describe('search', () => {
  const found = async (q: string, limit?: number) => (await users.search(adaId, { q, limit })).map((u) => u.username);
  beforeAll(async () => {
    const people = [
      ['sam', 'Zoë Quinn'],
      ['sam_wise', 'Gardener'],
      ['samXwise', 'Other'],
      ['percent', '100% Sure'],
      ['thousand', '1000 Sure'],
      ['emile', 'Émile Zola'],
      ['samblocked', 'Blocked'],
    ] as const;
    for (const [username, displayName] of people) {
      await accounts.auth.register({ username, email: `${username}@example.org`, password, displayName });
    }
    const { db } = accounts.database;
    await db.updateTable('users').set({ blocked_at: new Date() }).where('username', '=', 'samblocked').execute();
  });

  test.each([
    ['sam', ['sam', 'sam_wise', 'samXwise']],
    ['@SAM', ['sam', 'sam_wise', 'samXwise']],
    ['sam_', ['sam_wise']],
    ['zo', ['sam']],
    ['\u00c9m', ['emile']],
    ['100%', ['percent']],
    ['100', ['percent', 'thousand']],
    ['%', []],
    ['_', []],
    ['\\', []],
    ['wise', []],
    [' ', []],
    ['@', []],
    ["'; drop table users; --", []],
  ])('%j finds %j', async (q, usernames) => {
    expect((await found(q)).toSorted()).toEqual([...usernames].toSorted());
  });

  test('the exact username comes first, and no more come than were asked for', async () => {
    expect(await found('sam', 1)).toEqual(['sam']);
    expect(await found('sam', 2)).toHaveLength(2);
  });
});

describe('changing a profile', () => {
  beforeEach(async () => {
    await accounts.database.db.deleteFrom('topic_log').execute();
    accounts.published.length = 0;
  });

  test('a new name is told to oneself and to each chat, by ids', async () => {
    const me = await users.updateMe(adaId, { displayName: ' Ada Lovelace ', username: 'AdaL' });
    expect(me).toMatchObject({ displayName: 'Ada Lovelace', username: 'AdaL' });
    const rows = await logged();
    expect(rows).toHaveLength(3);
    expect(rows).toContainEqual({ kind: 'user', owner_id: adaId, name: 'user.updated', facts: {} });
    for (const { chatId, participantId } of chats) {
      expect(rows).toContainEqual({
        kind: 'chat',
        owner_id: chatId,
        name: 'chat.participant_updated',
        facts: { participantId },
      });
    }
    expect(accounts.published).toEqual([
      expect.objectContaining({ topic: userTopic(adaId), name: 'user.updated', data: { user: me }, actor: adaId }),
    ]);
    expect(await users.byUsername(adaId, 'adal')).toMatchObject({ id: adaId });
  });

  test('a bio is nobody else’s event, and an empty one is none', async () => {
    expect(await users.updateMe(adaId, { bio: 'Notes' })).toMatchObject({ bio: 'Notes' });
    expect((await logged()).map((row) => row.name)).toEqual(['user.updated']);
    expect(await users.updateMe(adaId, { bio: ' ' })).not.toHaveProperty('bio');
  });

  test('what stays the same is no event', async () => {
    const { displayName, username } = await users.me(adaId);
    await users.updateMe(adaId, { displayName, username, bio: '' });
    expect(await logged()).toEqual([]);
  });

  test('a username in another case is one’s own, somebody else’s is taken and changes nothing', async () => {
    expect(await users.updateMe(adaId, { username: 'aDAl' })).toMatchObject({ username: 'aDAl' });
    await accounts.database.db.deleteFrom('topic_log').execute();
    const change = { username: 'SAM', displayName: 'Changed' };
    await expect(users.updateMe(adaId, change)).rejects.toMatchObject({ code: 'username_taken' });
    expect(await users.me(adaId)).toMatchObject({ username: 'aDAl', displayName: 'Ada Lovelace' });
    expect(await logged()).toEqual([]);
  });

  test('of two who want one name at once, one gets it', async () => {
    const ids = await Promise.all(
      ['rival1', 'rival2'].map(
        async (username) => (await accounts.auth.register({ username, email: `${username}@example.org`, password })).id,
      ),
    );
    const results = await Promise.allSettled(ids.map((id) => users.updateMe(id, { username: 'wanted' })));
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });
});
