import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Accounts, createAccounts, password } from '../testing/accounts.ts';
import { codeAt, stepAt } from './codes.ts';
import { createSeal } from './sealing.ts';

const from = { address: '192.0.2.1' };
let accounts: Accounts;
let userId: string;
let username: string;
let count = 0;

beforeAll(async () => {
  accounts = await createAccounts();
});
afterAll(() => accounts.database.drop());
beforeEach(async () => {
  count += 1;
  username = `person${count}`;
  userId = (await accounts.buildUser(username)).id;
});

const fromBase32 = (text: string): Buffer => {
  const bits = [...text].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
};

/** What the person's app shows now. */
const shown = (secret: string): string => codeAt(fromBase32(secret), stepAt(accounts.clock.now));
const nextStep = (): void => accounts.clock.forward(30_000);

async function turnOn(): Promise<{ secret: string; recoveryCodes: string[] }> {
  const { secret, uri } = await accounts.auth.enrolTotp(userId, password, from);
  expect(uri).toBe(`otpauth://totp/Parley:${username}?secret=${secret}&issuer=Parley`);
  const recoveryCodes = await accounts.auth.confirmTotp(userId, shown(secret), from);
  nextStep();
  return { secret, recoveryCodes };
}

/** The challenge of a first step with the right password. */
async function firstStep(): Promise<string> {
  const refused = await accounts.auth.login({ username, password }, from).catch((error) => error);
  expect(refused).toMatchObject({ code: 'totp_required' });
  return refused.details.challenge;
}

const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'ok').catch((error) => error.code);

describe('setting it up', () => {
  test('needs the password, and asks for nothing until a code confirmed it', async () => {
    const { auth } = accounts;
    expect(await codeOf(auth.enrolTotp(userId, 'not the password', from))).toBe('wrong_password');
    const { secret } = await auth.enrolTotp(userId, password, from);
    expect(await auth.totpStatus(userId)).toEqual({ isOn: false, recoveryCodesLeft: 0 });
    expect(await codeOf(auth.login({ username, password }, from))).toBe('ok');
    expect(await codeOf(auth.confirmTotp(userId, 'no code', from))).toBe('wrong_code');
    const codes = await auth.confirmTotp(userId, shown(secret), from);
    expect(new Set(codes).size).toBe(10);
    expect(await auth.totpStatus(userId)).toMatchObject({ isOn: true, recoveryCodesLeft: 10 });
    expect(await codeOf(auth.enrolTotp(userId, password, from))).toBe('totp_on');
    expect(await codeOf(auth.confirmTotp(userId, shown(secret), from))).toBe('totp_on');
  });

  test('begins anew with another secret, and is not kept waiting for ever', async () => {
    const { auth, clock } = accounts;
    const first = await auth.enrolTotp(userId, password, from);
    const second = await auth.enrolTotp(userId, password, from);
    expect(await codeOf(auth.confirmTotp(userId, shown(first.secret), from))).toBe('wrong_code');
    clock.forward(11 * 60_000);
    expect(await codeOf(auth.confirmTotp(userId, shown(second.secret), from))).toBe('totp_off');
  });

  test('stores neither the secret nor the recovery codes', async () => {
    const { secret, recoveryCodes } = await turnOn();
    const { db } = accounts.database;
    const row = await db.selectFrom('totp_factors').selectAll().where('user_id', '=', userId).executeTakeFirstOrThrow();
    expect(row.secret.includes(fromBase32(secret))).toBe(false);
    const hashes = await db.selectFrom('recovery_codes').select('code_hash').where('user_id', '=', userId).execute();
    expect(hashes).toHaveLength(10);
    for (const code of recoveryCodes) {
      for (const text of [code, code.replaceAll('-', '')]) {
        expect(hashes.some(({ code_hash }) => code_hash.includes(text))).toBe(false);
      }
    }
  });
});

describe('signing in', () => {
  test('takes the password and then a code, once', async () => {
    const { auth } = accounts;
    const { secret } = await turnOn();
    const challenge = await firstStep();
    expect(challenge).not.toContain(userId);
    expect(await codeOf(auth.loginByCode({ challenge, code: '000000' }, from))).toBe('wrong_code');
    const code = shown(secret);
    const tokens = await auth.loginByCode({ challenge, code }, from);
    expect(await auth.authenticate(tokens.access_token)).toMatchObject({ userId });
    expect(await codeOf(auth.loginByCode({ challenge: await firstStep(), code }, from))).toBe('wrong_code');
    nextStep();
    expect(await codeOf(auth.loginByCode({ challenge, code: shown(secret) }, from))).toBe('ok');
  });

  test('with the same code twice at once lets one in', async () => {
    const { auth } = accounts;
    const { secret } = await turnOn();
    const challenge = await firstStep();
    const login = { challenge, code: shown(secret) };
    const results = await Promise.all([login, login, login].map((one) => codeOf(auth.loginByCode(one, from))));
    expect(results.sort()).toEqual(['ok', 'wrong_code', 'wrong_code']);
  });

  test('takes a recovery code instead, once, however it is typed', async () => {
    const { auth } = accounts;
    const { recoveryCodes } = await turnOn();
    const challenge = await firstStep();
    const recoveryCode = recoveryCodes[3]!;
    expect(recoveryCode).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
    const typed = recoveryCode.toUpperCase().replaceAll('-', ' ');
    expect(await codeOf(auth.loginByCode({ challenge, recoveryCode: typed }, from))).toBe('ok');
    expect(await codeOf(auth.loginByCode({ challenge, recoveryCode }, from))).toBe('wrong_code');
    expect(await auth.totpStatus(userId)).toMatchObject({ recoveryCodesLeft: 9 });
  });

  test('tells nothing of it before the password is right', async () => {
    await turnOn();
    const { auth } = accounts;
    const wrong = await auth.login({ username, password: 'not the password' }, from).catch((error) => error);
    const nobody = await auth.login({ username: 'nobody', password }, from).catch((error) => error);
    expect([wrong.code, wrong.details]).toEqual([nobody.code, nobody.details]);
  });

  test('ends with the challenge: late, made up, of before another password, of somebody blocked', async () => {
    const { auth, clock, database } = accounts;
    const { secret } = await turnOn();
    const late = await firstStep();
    clock.forward(5 * 60_000);
    expect(await codeOf(auth.loginByCode({ challenge: late, code: shown(secret) }, from))).toBe('challenge_expired');
    expect(await codeOf(auth.loginByCode({ challenge: 'bm8', code: shown(secret) }, from))).toBe('challenge_expired');
    const before = await firstStep();
    const session = await auth.loginByCode({ challenge: before, code: shown(secret) }, from);
    const viewer = await auth.authenticate(session.access_token);
    await auth.changePassword(viewer, { currentPassword: password, newPassword: 'another long secret' }, from);
    nextStep();
    expect(await codeOf(auth.loginByCode({ challenge: before, code: shown(secret) }, from))).toBe('challenge_expired');
    const after = await auth.login({ username, password: 'another long secret' }, from).catch((error) => error);
    await database.db.updateTable('users').set({ blocked_at: new Date() }).where('id', '=', userId).execute();
    const blocked = auth.loginByCode({ challenge: after.details.challenge, code: shown(secret) }, from);
    expect(await codeOf(blocked)).toBe('invalid_credentials');
  });

  test('slows guessing down for the address that guesses, not for the owner', async () => {
    const { auth } = accounts;
    const { secret } = await turnOn();
    const challenge = await firstStep();
    const guess = () => codeOf(auth.loginByCode({ challenge, code: '000000' }, { address: '203.0.113.5' }));
    const guesses = [await guess(), await guess(), await guess(), await guess(), await guess(), await guess()];
    expect(guesses).toEqual([...Array(5).fill('wrong_code'), 'rate_limited']);
    expect(await codeOf(auth.loginByCode({ challenge, code: shown(secret) }, from))).toBe('ok');
  });

  test('with the key of the installation lost, recovery codes still let the owner in', async () => {
    const { secret, recoveryCodes } = await turnOn();
    const auth = await accounts.another({ keys: 'new' });
    const refused = await auth.login({ username, password }, from).catch((error) => error);
    const { challenge } = refused.details;
    expect(await codeOf(auth.loginByCode({ challenge, code: shown(secret) }, from))).toBe('wrong_code');
    expect(await codeOf(auth.loginByCode({ challenge, recoveryCode: recoveryCodes[0]! }, from))).toBe('ok');
  });
});

describe('turning it off, and new recovery codes', () => {
  test('need the password, a code or a recovery code', async () => {
    const { auth } = accounts;
    expect(await codeOf(auth.disableTotp(userId, { password }, from))).toBe('totp_off');
    const { secret, recoveryCodes } = await turnOn();
    expect(await codeOf(auth.disableTotp(userId, {}, from))).toBe('validation_error');
    expect(await codeOf(auth.disableTotp(userId, { password: 'not the password' }, from))).toBe('wrong_password');
    expect(await codeOf(auth.disableTotp(userId, { code: '000000' }, from))).toBe('wrong_code');
    const renewed = await auth.renewRecoveryCodes(userId, { code: shown(secret) }, from);
    expect(await codeOf(auth.disableTotp(userId, { recoveryCode: recoveryCodes[0]! }, from))).toBe('wrong_code');
    await auth.disableTotp(userId, { recoveryCode: renewed[0]! }, from);
    expect(await codeOf(auth.login({ username, password }, from))).toBe('ok');
    expect(await auth.totpStatus(userId)).toEqual({ isOn: false, recoveryCodesLeft: 0 });
  });
});

describe('another password', () => {
  const newPassword = 'another long secret';

  test('ends all other sessions, but not this one', async () => {
    const { auth, published } = accounts;
    const [mine, other] = await Promise.all([
      auth.login({ username, password }, from),
      auth.login({ username, password }, from),
    ]);
    const viewer = await auth.authenticate(mine.access_token);
    const otherSession = await auth.authenticate(other.access_token);
    const wrong = { currentPassword: 'not the password', newPassword };
    expect(await codeOf(auth.changePassword(viewer, wrong, from))).toBe('wrong_password');
    expect(await codeOf(auth.authenticate(other.access_token))).toBe('ok');
    await auth.changePassword(viewer, { currentPassword: password, newPassword }, from);
    expect(await codeOf(auth.authenticate(other.access_token))).toBe('session_ended');
    expect(await codeOf(auth.refresh(other.refresh_token))).toBe('session_ended');
    expect(await codeOf(auth.authenticate(mine.session_token))).toBe('ok');
    expect(await codeOf(auth.refresh(mine.refresh_token))).toBe('ok');
    expect(published.some(({ endSession }) => endSession === otherSession.sessionId)).toBe(true);
    expect(await codeOf(auth.login({ username, password }, from))).toBe('invalid_credentials');
    expect(await codeOf(auth.login({ username, password: newPassword }, from))).toBe('ok');
  });

  test('is held to the policy', async () => {
    const auth = await accounts.another({ settings: { passwordPolicy: 'strict' } });
    const tokens = await auth.login({ username, password }, from);
    const viewer = await auth.authenticate(tokens.access_token);
    const change = { currentPassword: password, newPassword: 'password123' };
    expect(await codeOf(auth.changePassword(viewer, change, from))).toBe('weak_password');
  });
});

test('a sealed secret opens with its key, for its owner, unchanged only', async () => {
  const { privateKey } = (await import('node:crypto')).generateKeyPairSync('ed25519');
  const seal = createSeal(privateKey, 'one purpose');
  const sealed = seal.seal(Buffer.from('secret'), 'ada');
  expect(seal.open(sealed, 'ada')?.toString()).toBe('secret');
  expect(seal.open(sealed, 'bob')).toBeUndefined();
  expect(createSeal(privateKey, 'another').open(sealed, 'ada')).toBeUndefined();
  for (const index of sealed.keys()) {
    const broken = Buffer.from(sealed);
    broken[index]! ^= 1;
    expect(seal.open(broken, 'ada')).toBeUndefined();
  }
  for (const length of [0, 11, 27]) expect(seal.open(sealed.subarray(0, length), 'ada')).toBeUndefined();
});
