import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { endSessions } from './sessions/store.ts';
import { type Accounts, createAccounts, password } from './testing/accounts.ts';
import { untilWaiting } from './testing/waiting.ts';

type Tokens = Awaited<ReturnType<Accounts['auth']['login']>>;

let accounts: Accounts;
let first: Tokens;
const refresh = (token: string) => accounts.auth.refresh(token);
const codeOf = (promise: Promise<unknown>) => promise.then(() => 'taken').catch((error) => error.code);
const isAlive = async (tokens: Tokens) =>
  Promise.all([tokens.access_token, tokens.session_token].map((token) => codeOf(accounts.auth.authenticate(token))));

beforeAll(async () => {
  accounts = await createAccounts();
  await accounts.buildUser('ada');
});
beforeEach(async () => {
  first = await accounts.auth.login({ username: 'ada', password }, {});
});
afterAll(() => accounts.database.drop());

describe('refreshing', () => {
  test('gives a new pair for the same session, whose token stays what it was', async () => {
    const second = await refresh(first.refresh_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(second.session_token).toBe(first.session_token);
    const [before, after] = await Promise.all([first, second].map((t) => accounts.auth.authenticate(t.access_token)));
    expect(after?.sessionId).toBe(before?.sessionId);
    await expect(refresh(second.refresh_token)).resolves.toBeDefined();
  });

  test('keeps a session that is used alive past its first end', async () => {
    let tokens = first;
    for (let day = 0; day < 50; day += 1) {
      accounts.clock.forward(86_400_000);
      tokens = await refresh(tokens.refresh_token);
    }
    expect(await isAlive(tokens)).toEqual(['taken', 'taken']);
  });

  test.each([
    ['made up', () => `prt_${'A'.repeat(43)}`],
    ['the session token', () => first.session_token],
    ['the access token', () => first.access_token],
  ])('refuses one that is %s', async (_, token) => {
    expect(await codeOf(refresh(token()))).toBe('invalid_token');
  });

  test('refuses one that was not used for too long', async () => {
    accounts.clock.forward(30 * 86_400_000 + 1);
    expect(['session_ended', 'invalid_token']).toContain(await codeOf(refresh(first.refresh_token)));
  });

  test('refuses one of an ended session, and of a blocked person', async () => {
    const { userId, sessionId } = await accounts.auth.authenticate(first.access_token);
    await accounts.auth.endSession(userId, sessionId);
    expect(await codeOf(refresh(first.refresh_token))).toBe('session_ended');
    const { id, tokens } = await accounts.buildUser('eve');
    await accounts.database.db.updateTable('users').set({ blocked_at: new Date() }).where('id', '=', id).execute();
    expect(await codeOf(refresh(tokens.refresh_token))).toBe('session_ended');
    expect(await codeOf(accounts.auth.authenticate(tokens.session_token))).toBe('session_ended');
  });
});

describe('a used refresh token', () => {
  test('within the grace gives a further successor: the answer may have been lost', async () => {
    const lost = await refresh(first.refresh_token);
    accounts.clock.forward(9_000);
    const retried = await refresh(first.refresh_token);
    expect(retried.refresh_token).not.toBe(lost.refresh_token);
    const next = await refresh(retried.refresh_token);
    expect(await isAlive(next)).toEqual(['taken', 'taken']);
  });

  test('two windows that refresh at once both go on', async () => {
    const both = await Promise.all([refresh(first.refresh_token), refresh(first.refresh_token)]);
    expect(new Set(both.map((tokens) => tokens.refresh_token)).size).toBe(2);
    for (const tokens of both) expect(await isAlive(tokens)).toEqual(['taken', 'taken']);
  });

  test('after the grace ends the session and tells every instance', async () => {
    const second = await refresh(first.refresh_token);
    const { sessionId } = await accounts.auth.authenticate(first.access_token);
    accounts.clock.forward(10_001);
    const told = accounts.published.length;
    expect(await codeOf(refresh(first.refresh_token))).toBe('refresh_reused');
    expect(await isAlive(second)).toEqual(['session_ended', 'session_ended']);
    expect(await codeOf(refresh(second.refresh_token))).toBe('session_ended');
    expect(accounts.published.slice(told)).toEqual([
      expect.objectContaining({ topic: 'system:sessions', name: 'session.ended', endSession: sessionId }),
    ]);
  });

  test('within the grace, but with its successor used, ends the session', async () => {
    const second = await refresh(first.refresh_token);
    await refresh(second.refresh_token);
    expect(await codeOf(refresh(first.refresh_token))).toBe('refresh_reused');
  });

  test('a thief who slips in during the grace is found at the next round', async () => {
    const thiefs = await refresh(first.refresh_token);
    const owners = await refresh(first.refresh_token);
    accounts.clock.forward(600_000);
    await refresh(thiefs.refresh_token);
    accounts.clock.forward(60_000);
    expect(await codeOf(refresh(owners.refresh_token))).toBe('refresh_reused');
    expect(await isAlive(owners)).toEqual(['session_ended', 'session_ended']);
  });

  test('many at once all get a good successor, and the first of these to be used uses up the others', async () => {
    const { db } = accounts.database;
    const { sessionId } = await accounts.auth.authenticate(first.session_token);
    const good = async () =>
      (
        await db
          .selectFrom('refresh_tokens')
          .select('token_hash')
          .where('session_id', '=', sessionId)
          .where('used_at', 'is', null)
          .execute()
      ).length;
    const all = await Promise.all(Array.from({ length: 6 }, () => refresh(first.refresh_token)));
    expect(await good()).toBe(6);
    await refresh(all[3]!.refresh_token);
    expect(await good()).toBe(1);
  });

  test('waits for an ending that is under way', async () => {
    const { db } = accounts.database;
    const { userId, sessionId } = await accounts.auth.authenticate(first.session_token);
    const { code } = await db.transaction().execute(async (trx) => {
      await endSessions(trx, { userId, now: new Date(accounts.clock.now), only: sessionId });
      const waiting = codeOf(refresh(first.refresh_token));
      await untilWaiting(db, 1);
      return { code: waiting };
    });
    expect(await code).toBe('session_ended');
  });
});

test('with a new signing key a session goes on under a new token', async () => {
  const other = await createAccounts();
  try {
    await other.buildUser('ada');
    const tokens = await other.auth.login({ username: 'ada', password }, {});
    const rotated = await other.another({ keys: 'new' });
    expect(await codeOf(rotated.authenticate(tokens.access_token))).toBe('invalid_token');
    expect(await codeOf(rotated.authenticate(tokens.session_token))).toBe('taken');
    const next = await rotated.refresh(tokens.refresh_token);
    expect(await codeOf(rotated.authenticate(next.session_token))).toBe('taken');
    expect(await codeOf(rotated.authenticate(tokens.session_token))).toBe('invalid_token');
  } finally {
    await other.database.drop();
  }
});
