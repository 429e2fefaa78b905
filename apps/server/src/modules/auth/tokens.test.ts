import { createHmac } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { newKeys } from './testing/accounts.ts';
import { createTokens } from './tokens.ts';

const keys = await newKeys();
const time = { now: 1_800_000_000_000 };
const tokens = createTokens({ keys, clock: () => time.now, issuer: 'parley' });
const seconds = time.now / 1_000;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = { sub: 'u', sid: 's', iss: 'parley', aud: 'parley', iat: seconds, exp: seconds + 60 };
const header = { alg: 'EdDSA', typ: 'at+jwt', kid: keys.kid };

const signed = (changes: { header?: object; claims?: object }) =>
  new SignJWT({ ...claims, ...changes.claims })
    .setProtectedHeader({ ...header, ...changes.header })
    .sign(keys.privateKey);

function hmacSigned(): string {
  const input = `${encode({ ...header, alg: 'HS256' })}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', keys.publicJwks.keys[0]?.x ?? '')
    .update(input)
    .digest('base64url')}`;
}

describe('a signed token', () => {
  test('of access says who and until when, and has no scopes', async () => {
    const token = await tokens.signAccess('u', 's', 900);
    expect(await tokens.verify(token)).toEqual({
      kind: 'access',
      userId: 'u',
      sessionId: 's',
      expiresAt: time.now + 900_000,
    });
  });

  test('for sockets has its scopes, also none', async () => {
    const token = await tokens.signSocket('u', 's', ['a:read:b', 'c:read:d'], 300);
    expect(await tokens.verify(token)).toMatchObject({ kind: 'socket', scopes: ['a:read:b', 'c:read:d'] });
    expect(await tokens.verify(await tokens.signSocket('u', 's', [], 300))).toMatchObject({ scopes: [] });
  });

  test('runs out', async () => {
    const token = await tokens.signAccess('u', 's', 900);
    const later = createTokens({ keys, clock: () => time.now + 900_000, issuer: 'parley' });
    await expect(later.verify(token)).rejects.toMatchObject({ code: 'invalid_token' });
  });
});

describe('refused', async () => {
  test.each([
    ['nothing', ''],
    ['no JWT', 'hello'],
    ['dots', '..'],
    ['without a signature', `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`],
    ['signed with the public key as a secret', hmacSigned()],
    ['by another installation', await signed({ claims: { iss: 'other' } })],
    ['for another one', await signed({ claims: { aud: 'other' } })],
    ['that never runs out', await signed({ claims: { exp: undefined } })],
    ['without a session', await signed({ claims: { sid: undefined } })],
    ['with a session that is no text', await signed({ claims: { sid: 7 } })],
    ['of another type', await signed({ header: { typ: 'JWT' } })],
    ['without a type', await signed({ header: { typ: undefined } })],
    ['by an unknown key', await signed({ header: { kid: 'unknown' } })],
    [
      'by a foreign key under our name',
      await createTokens({
        keys: { ...(await newKeys()), kid: keys.kid },
        clock: () => time.now,
        issuer: 'parley',
      }).signAccess('u', 's', 60),
    ],
  ])('%s', async (_, token) => {
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'invalid_token' });
  });

  test('but the same by hand and unchanged is taken', async () => {
    await expect(tokens.verify(await signed({}))).resolves.toMatchObject({ userId: 'u' });
  });
});
