import { sessionsTopic } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readingScopes } from '../scopes.ts';
import { type Accounts, createAccounts, password } from '../testing/accounts.ts';

type Tokens = Awaited<ReturnType<Accounts['auth']['login']>>;

let accounts: Accounts;
let ada: { id: string; tokens: Tokens };
beforeAll(async () => {
  accounts = await createAccounts();
  ada = await accounts.buildUser('ada');
});
beforeEach(async () => {
  ada.tokens = await accounts.auth.login({ username: 'ada', password }, { address: '192.0.2.1', userAgent: 'a test' });
});
afterAll(() => accounts.database.drop());

const codeOf = (promise: Promise<unknown>) => promise.then(() => 'taken').catch((error) => error.code);
const identityOf = (tokens: Tokens) => accounts.auth.authenticate(tokens.access_token);
const codes = (tokens: Tokens, auth = accounts.auth) =>
  Promise.all([tokens.access_token, tokens.session_token].map((token) => codeOf(auth.authenticate(token))));

describe('ending a session', () => {
  test('refuses its tokens at once, tells the log once, and leaves the others alone', async () => {
    const { auth } = accounts;
    const other = await auth.login({ username: 'ada', password }, {});
    const { userId, sessionId } = await identityOf(ada.tokens);
    const told = accounts.published.length;
    await auth.endSession(userId, sessionId);
    expect(await codes(ada.tokens)).toEqual(['session_ended', 'session_ended']);
    expect(await codes(other)).toEqual(['taken', 'taken']);
    expect(await codeOf(auth.endSession(userId, sessionId))).toBe('session_not_found');
    await auth.logout(userId, sessionId);
    const events = accounts.published.slice(told);
    expect(events.map(({ topic, name, endSession }) => ({ topic, name, endSession }))).toEqual([
      { topic: sessionsTopic, name: 'session.ended', endSession: sessionId },
    ]);
  });

  test('refuses socket tokens, too', async () => {
    const viewer = await identityOf(ada.tokens);
    const { token } = await accounts.auth.socketToken(viewer);
    expect(await codeOf(accounts.auth.authenticate(token))).toBe('taken');
    await accounts.auth.logout(viewer.userId, viewer.sessionId);
    expect(await codeOf(accounts.auth.authenticate(token))).toBe('session_ended');
  });

  test("somebody else's is not there", async () => {
    const eve = await accounts.buildUser('eve');
    const { sessionId } = await identityOf(ada.tokens);
    expect(await codeOf(accounts.auth.endSession(eve.id, sessionId))).toBe('session_not_found');
    expect(await codes(ada.tokens)).toEqual(['taken', 'taken']);
  });

  test('all of them, by two callers at once, tells each once', async () => {
    const bob = await accounts.buildUser('bob');
    const more = await Promise.all([1, 2, 3].map(() => accounts.auth.login({ username: 'bob', password }, {})));
    const told = accounts.published.length;
    await Promise.all([accounts.auth.endAllSessions(bob.id), accounts.auth.endAllSessions(bob.id)]);
    for (const tokens of [bob.tokens, ...more]) expect(await codes(tokens)).toEqual(['session_ended', 'session_ended']);
    expect(accounts.published.slice(told)).toHaveLength(4);
  });
});

describe('another instance', () => {
  test('refuses an ended session when it hears of it', async () => {
    const other = await accounts.another();
    const { userId, sessionId } = await identityOf(ada.tokens);
    await accounts.auth.logout(userId, sessionId);
    expect(await codeOf(other.authenticate(ada.tokens.access_token))).toBe('taken');
    const heard = accounts.published.at(-1)?.endSession;
    other.revoked.add(heard!);
    expect(await codes(ada.tokens, other)).toEqual(['session_ended', 'session_ended']);
  });

  test('that starts later knows it from the database, for as long as a token may last', async () => {
    const { userId, sessionId } = await identityOf(ada.tokens);
    await accounts.auth.logout(userId, sessionId);
    accounts.clock.forward(600_000);
    const later = await accounts.another();
    expect(await codes(ada.tokens, later)).toEqual(['session_ended', 'session_ended']);
    accounts.clock.forward(400_000);
    expect((await accounts.another()).revoked.has(sessionId)).toBe(false);
    expect(await codeOf(later.authenticate(ada.tokens.access_token))).toBe('invalid_token');
  });
});

describe('the list of sessions', () => {
  test('shows the live ones and says which is this', async () => {
    const carol = await accounts.buildUser('carol');
    const viewer = await identityOf(carol.tokens);
    accounts.clock.forward(1_000);
    const gone = await identityOf(await accounts.auth.login({ username: 'carol', password }, {}));
    const phone = await identityOf(
      await accounts.auth.login({ username: 'carol', password }, { userAgent: 'a phone' }),
    );
    await accounts.auth.endSession(gone.userId, gone.sessionId);
    expect(await accounts.auth.listSessions(viewer)).toEqual([
      expect.objectContaining({ id: phone.sessionId, userAgent: 'a phone', isCurrent: false }),
      expect.objectContaining({ id: viewer.sessionId, address: '192.0.2.1', userAgent: 'a test', isCurrent: true }),
    ]);
  });

  test('notes use by the session token, and moves its end', async () => {
    const { auth, clock } = accounts;
    const before = await auth.authenticate(ada.tokens.session_token);
    clock.forward(30_000);
    expect((await auth.authenticate(ada.tokens.session_token)).expiresAt).toBe(before.expiresAt);
    clock.forward(31_000);
    expect((await auth.authenticate(ada.tokens.session_token)).expiresAt).toBe(before.expiresAt! + 61_000);
    clock.forward(30 * 86_400_000);
    expect(await codeOf(auth.authenticate(ada.tokens.session_token))).toBe('session_ended');
  });

  test('forgets in the database what ended long ago, and only that', async () => {
    const { auth, clock, database } = accounts;
    const { userId, sessionId } = await identityOf(ada.tokens);
    await auth.logout(userId, sessionId);
    const count = async () =>
      (await database.db.selectFrom('sessions').select('id').where('id', '=', sessionId).execute()).length;
    clock.forward(6 * 86_400_000);
    const fresh = await auth.login({ username: 'ada', password }, {});
    await auth.sweep();
    expect(await count()).toBe(1);
    clock.forward(2 * 86_400_000);
    await auth.sweep();
    expect(await count()).toBe(0);
    expect(await codeOf(auth.authenticate(fresh.session_token))).toBe('taken');
  });
});

describe('a socket token', () => {
  test('has all reading scopes by default, lasts five minutes, and is for sockets only', async () => {
    const { auth, clock } = accounts;
    const viewer = await identityOf(ada.tokens);
    const { token, scopes, expires_in } = await auth.socketToken(viewer);
    expect({ scopes, expires_in }).toEqual({ scopes: readingScopes, expires_in: 300 });
    expect(scopes).toEqual(expect.arrayContaining(['chat:read:message', 'user:read:presence', 'user:read:chat']));
    expect(await auth.authenticate(token)).toMatchObject({ ...viewer, scopes, expiresAt: expect.any(Number) });
    expect(await codeOf(auth.authenticateRequest(token))).toBe('invalid_token');
    clock.forward(301_000);
    expect(await codeOf(auth.authenticate(token))).toBe('invalid_token');
  });

  test.each([
    [['chat:read:message'], ['chat:read:message']],
    [['chat:read:message', 'chat:write:message', 'nonsense'], ['chat:read:message']],
    [
      ['app:write:scores', 'app:read:*', 'app:write:a:b'],
      ['app:read:*', 'app:write:scores'],
    ],
    [[], []],
  ])('asked for %j it gets %j', async (asked, granted) => {
    expect((await accounts.auth.socketToken(await identityOf(ada.tokens), asked)).scopes).toEqual(granted);
  });

  test('cannot get another one', async () => {
    const { auth } = accounts;
    const { token } = await auth.socketToken(await identityOf(ada.tokens), ['chat:read:message']);
    expect(await codeOf(auth.socketToken(await auth.authenticate(token)))).toBe('forbidden');
  });
});

test.each(['', 'pst_', `pst_${'A'.repeat(43)}`, 'prt_x', 'Bearer x', 'a.b.c'])('%j is no token', async (token) => {
  expect(await codeOf(accounts.auth.authenticate(token))).toBe('invalid_token');
});
