import { hash, verify } from '@node-rs/argon2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPasswords } from './passwords.ts';
import { type Accounts, createAccounts, password } from './testing/accounts.ts';

let accounts: Accounts;
let adaId: string;
beforeAll(async () => {
  accounts = await createAccounts();
  adaId = (await accounts.buildUser('Ada')).id;
});
afterAll(() => accounts.database.drop());

describe('signing in', () => {
  test.each([
    ['the username', { username: 'Ada' }],
    ['the username in another case', { username: 'aDA' }],
    ['the address', { email: 'ADA@example.org' }],
    ['the address in the field of the username', { username: 'ada@example.org' }],
  ])('by %s', async (_, name) => {
    const { auth } = accounts;
    const tokens = await auth.login({ ...name, password }, {});
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 900, user_id: adaId });
    const [byAccess, bySession] = await Promise.all(
      [tokens.access_token, tokens.session_token].map((token) => auth.authenticate(token)),
    );
    expect(byAccess).toMatchObject({ userId: adaId, sessionId: bySession?.sessionId });
    expect(bySession?.userId).toBe(adaId);
  });

  test('nothing of the tokens is stored', async () => {
    const tokens = await accounts.auth.login({ username: 'ada', password }, {});
    const { db } = accounts.database;
    const stored = JSON.stringify([
      await db.selectFrom('sessions').selectAll().execute(),
      await db.selectFrom('refresh_tokens').selectAll().execute(),
    ]);
    for (const token of [tokens.access_token, tokens.refresh_token, tokens.session_token]) {
      expect(stored).not.toContain(token);
      expect(stored).not.toContain(JSON.stringify(Buffer.from(token.slice(4), 'base64url').toJSON().data));
    }
  });

  test('without a name is not a sign-in', async () => {
    await expect(accounts.auth.login({ password }, {})).rejects.toMatchObject({ code: 'validation_error' });
  });

  test('the same password from another keyboard', async () => {
    const { auth } = accounts;
    await auth.register({ username: 'zoe', email: 'zoe@example.org', password: 'caf\u00e9 au lait' });
    await expect(auth.login({ username: 'zoe', password: 'cafe\u0301 au lait' }, {})).resolves.toBeDefined();
  });

  test('a blocked person gets no session, and not even one that was being started', async () => {
    const { auth, database } = accounts;
    const { id } = await auth.register({ username: 'eve', email: 'eve@example.org', password });
    await database.db.updateTable('users').set({ blocked_at: new Date() }).where('id', '=', id).execute();
    await expect(auth.login({ username: 'eve', password }, {})).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect(await database.db.selectFrom('sessions').select('id').where('user_id', '=', id).execute()).toEqual([]);
  });
});

test('an unknown name costs the same work and gets the same answer as a wrong password', async () => {
  const verified: string[] = [];
  const passwords = await createPasswords({
    hash,
    verify: (stored, given) => {
      verified.push(stored.toString());
      return verify(stored, given);
    },
  });
  const auth = await accounts.another({ passwords });
  const answers = await Promise.all(
    ['ada', 'nobody', 'nobody@example.org'].map((username) =>
      auth.login({ username, password: 'not the password' }, {}).catch((error) => error),
    ),
  );
  expect(answers.map(({ code, message, retryAfter }) => ({ code, message, retryAfter }))).toEqual(
    Array(3).fill({
      code: 'invalid_credentials',
      message: 'The name or the password is wrong.',
      retryAfter: undefined,
    }),
  );
  expect(verified).toHaveLength(3);
  const costs = verified.map((stored) => /^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$/.exec(stored)?.[0]);
  expect(new Set(costs)).toEqual(new Set(['$argon2id$v=19$m=19456,t=2,p=1$']));
});

describe('too many wrong passwords', () => {
  const here = { address: '198.51.100.7' };
  const wrong = { username: 'ada', password: 'not the password' };
  beforeEach(() => accounts.clock.forward(2 * 3_600_000));

  test('slow down that address, even with the right one, and nobody else', async () => {
    const { auth, clock } = accounts;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(auth.login(wrong, here)).rejects.toMatchObject({ code: 'invalid_credentials' });
    }
    const refused = await auth.login({ ...wrong, password }, here).catch((error) => error);
    expect(refused).toMatchObject({ code: 'rate_limited', retryAfter: 1 });
    await expect(auth.login({ ...wrong, password }, { address: '203.0.113.9' })).resolves.toBeDefined();
    clock.forward(1_000);
    await expect(auth.login({ ...wrong, password }, here)).resolves.toBeDefined();
    await expect(auth.login(wrong, here)).rejects.toMatchObject({ code: 'invalid_credentials' });
  });

  test('at once do not slip through', async () => {
    const codes = await Promise.all(
      Array.from({ length: 12 }, () => accounts.auth.login(wrong, here).catch((error) => error.code)),
    );
    expect(codes.filter((code) => code === 'invalid_credentials')).toHaveLength(5);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(7);
  });

  test('do not matter when limits are off', async () => {
    const auth = await accounts.another({ settings: { throttle: false } });
    const codes = await Promise.all(
      Array.from({ length: 8 }, () => auth.login(wrong, here).catch((error) => error.code)),
    );
    expect(new Set(codes)).toEqual(new Set(['invalid_credentials']));
  });
});
