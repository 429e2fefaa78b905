import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Auth } from '../service.ts';
import { type Accounts, createAccounts, password, settings } from '../testing/accounts.ts';
import { createAuthenticator, type TestAuthenticator } from '../testing/authenticator.ts';
import { siteOf } from './site.ts';

const origin = 'https://chat.example.org';
const other = 'https://talk.example.net';
const from = { address: '192.0.2.1', page: { origin, host: 'internal:3000' } };
const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'ok').catch((error) => error.code);

let accounts: Accounts;
let auth: Auth;
let userId: string;
let device: TestAuthenticator;
let count = 0;

beforeAll(async () => {
  accounts = await createAccounts();
  auth = await accounts.another({ settings: { origins: [origin, other] } });
});
afterAll(() => accounts.database.drop());
beforeEach(async () => {
  count += 1;
  userId = (await accounts.buildUser(`owner${count}`)).id;
  device = createAuthenticator();
});

const begin = () => auth.newPasskeyOptions(userId, password, from);
const add = async (name = 'Laptop') =>
  auth.addPasskey(userId, { name, answer: device.create(await begin(), { origin }) }, from);
const loginWith = async (page: Partial<Parameters<TestAuthenticator['get']>[1]> = {}) =>
  auth.loginByPasskey(device.get(await auth.passkeyLoginOptions(from), { origin, ...page }), from);

describe('adding one', () => {
  test('needs the password, and asks for a key that is found and unlocked by its owner', async () => {
    expect(await codeOf(auth.newPasskeyOptions(userId, 'not the password', from))).toBe('wrong_password');
    const options = await begin();
    expect(options).toMatchObject({
      rp: { name: 'Parley', id: 'chat.example.org' },
      user: { name: `owner${count}` },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const passkey = await auth.addPasskey(
      userId,
      { name: ' Phone ', answer: device.create(options, { origin }) },
      from,
    );
    expect(passkey).toMatchObject({ name: 'Phone' });
    expect(await auth.listPasskeys(userId)).toEqual([passkey]);
    expect((await begin()).excludeCredentials).toHaveLength(1);
  });

  test('takes an answer once, to its own question, of its own page, in time', async () => {
    const options = await begin();
    const answer = device.create(options, { origin });
    const stranger = (await accounts.buildUser(`stranger${count}`)).id;
    expect(await codeOf(auth.addPasskey(stranger, { answer }, from))).toBe('passkey_refused');
    expect(await codeOf(auth.addPasskey(userId, { answer }, from))).toBe('ok');
    expect(await codeOf(auth.addPasskey(userId, { answer }, from))).toBe('passkey_refused');
    const elsewhere = device.create(await begin(), { origin: 'https://evil.example' });
    expect(await codeOf(auth.addPasskey(userId, { answer: elsewhere }, from))).toBe('passkey_refused');
    const otherSite = device.create(await begin(), { origin, rpId: 'evil.example' });
    expect(await codeOf(auth.addPasskey(userId, { answer: otherSite }, from))).toBe('passkey_refused');
    const late = createAuthenticator().create(await begin(), { origin });
    accounts.clock.forward(5 * 60_000);
    expect(await codeOf(auth.addPasskey(userId, { answer: late }, from))).toBe('passkey_refused');
    const made = createAuthenticator().create({ ...(await begin()), challenge: 'bWFkZSB1cA' }, { origin });
    expect(await codeOf(auth.addPasskey(userId, { answer: made }, from))).toBe('passkey_refused');
    expect(await auth.listPasskeys(userId)).toHaveLength(1);
  });

  test('ends at twenty', async () => {
    for (let made = 0; made < 20; made += 1) {
      device = createAuthenticator();
      await add();
    }
    expect(await codeOf(begin())).toBe('too_many_passkeys');
  });
});

describe('signing in', () => {
  test('needs no name and no code, and counts', async () => {
    const passkey = await add();
    device.counter = 5;
    const tokens = await loginWith();
    expect(tokens.user_id).toBe(userId);
    expect(await auth.authenticate(tokens.access_token)).toMatchObject({ userId });
    expect(await auth.listPasskeys(userId)).toMatchObject([{ id: passkey.id, lastUsedAt: expect.any(String) }]);
    // A copy of the key has not counted on.
    for (const copied of [5, 3, 0]) {
      device.counter = copied;
      expect(await codeOf(loginWith())).toBe('passkey_refused');
    }
    device.counter = 6;
    expect(await codeOf(loginWith())).toBe('ok');
  });

  test('works for authenticators that do not count', async () => {
    await add();
    expect([await codeOf(loginWith()), await codeOf(loginWith())]).toEqual(['ok', 'ok']);
  });

  test('is asked for in the same way whoever asks', async () => {
    const options = await auth.passkeyLoginOptions(from);
    expect(options).toMatchObject({ rpId: 'chat.example.org', userVerification: 'required' });
    expect(options.allowCredentials ?? []).toEqual([]);
  });

  test.each([
    ['of another page', { origin: 'https://evil.example' }],
    ['for another site', { rpId: 'evil.example' }],
    ['that nobody unlocked', { flags: 0x01 }],
    ['without anybody there', { flags: 0x04 }],
    ['of somebody else', { userHandle: Buffer.alloc(16).toString('base64url') }],
    ['that does not say whose it is', { userHandle: '' }],
  ])('refuses an answer %s', async (_, page) => {
    await add();
    expect(await codeOf(loginWith(page))).toBe('passkey_refused');
  });

  test('refuses an answer told twice, even at once, and one with another signature', async () => {
    await add();
    const answer = device.get(await auth.passkeyLoginOptions(from), { origin });
    const results = await Promise.all([answer, answer].map((one) => codeOf(auth.loginByPasskey(one, from))));
    expect(results.sort()).toEqual(['ok', 'passkey_refused']);
    const options = await auth.passkeyLoginOptions(from);
    const forged = device.get(options, { origin });
    const { signature } = createAuthenticator().get(options, { origin, userHandle: '' }).response;
    expect(await codeOf(auth.loginByPasskey({ ...forged, response: { ...forged.response, signature } }, from))).toBe(
      'passkey_refused',
    );
  });

  test('with one that was removed, or of somebody blocked, lets nobody in', async () => {
    const { id } = await add();
    const answer = device.get(await auth.passkeyLoginOptions(from), { origin });
    const blocked = { blocked_at: new Date() };
    await accounts.database.db.updateTable('users').set(blocked).where('id', '=', userId).execute();
    expect(await codeOf(auth.loginByPasskey(answer, from))).toBe('invalid_credentials');
    await accounts.database.db.updateTable('users').set({ blocked_at: null }).where('id', '=', userId).execute();
    await auth.removePasskey(userId, id);
    expect(await codeOf(loginWith())).toBe('passkey_refused');
  });

  test('answers that are no answers are refused', async () => {
    await add();
    const answer = device.get(await auth.passkeyLoginOptions(from), { origin });
    for (const clientDataJSON of ['', 'bm8', 7, { a: 1 }, Buffer.from('{"challenge":{}}').toString('base64url')]) {
      const broken = { ...answer, response: { ...answer.response, clientDataJSON } };
      expect(await codeOf(auth.loginByPasskey(broken, from))).toBe('passkey_refused');
    }
  });
});

test("somebody else's passkey is neither renamed nor removed", async () => {
  const { id } = await add();
  const { id: stranger } = await accounts.buildUser(`nosy${count}`);
  expect(await codeOf(auth.renamePasskey(stranger, id, 'Mine'))).toBe('passkey_not_found');
  expect(await codeOf(auth.removePasskey(stranger, id))).toBe('passkey_not_found');
  expect(await auth.renamePasskey(userId, id, ' Desk ')).toMatchObject({ id, name: 'Desk' });
});

test('challenges that nobody answered are bounded, and swept', async () => {
  const { db } = accounts.database;
  await auth.passkeyLoginOptions(from);
  accounts.clock.forward(6 * 60_000);
  await auth.sweep();
  expect(await db.selectFrom('passkey_challenges').selectAll().execute()).toEqual([]);
});

describe('the site', () => {
  const of = (page: { origin?: string; host?: string }, domain?: string) => {
    const all = { ...settings, origins: [origin, other], cookie: { domain, secure: true } };
    try {
      return siteOf(all, { origin: page.origin, host: page.host }).rpId;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  test.each([
    [{ origin }, undefined, 'chat.example.org'],
    [{ origin: other }, undefined, 'talk.example.net'],
    [{ host: 'anything' }, undefined, 'chat.example.org'],
    [{ origin }, 'example.org', 'example.org'],
    [{ origin: other }, 'example.org', 'talk.example.net'],
    [{ origin: 'https://evil.example' }, undefined, 'origin_not_allowed'],
    [{ origin: 'null' }, undefined, 'origin_not_allowed'],
    [{ origin: 'https://own.example.org', host: 'own.example.org' }, undefined, 'own.example.org'],
    // Whoever holds a neighbouring name gets no passkey of the shared domain.
    [{ origin: 'https://evil.example.org', host: 'evil.example.org' }, 'example.org', 'evil.example.org'],
    [{ origin: 'https://chat.example.org.evil.example', host: 'x' }, undefined, 'origin_not_allowed'],
  ] as const)('%j with the domain %s is %s', (page, domain, expected) => {
    expect(of(page, domain)).toBe(expected);
  });
});
