import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadOrCreateKeys } from './keys.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('makes a private key once, that its published half verifies', async () => {
  const made = await loadOrCreateKeys(join(folder, 'keys'));
  const again = await loadOrCreateKeys(join(folder, 'keys'));
  expect([made.isNew, again.isNew]).toEqual([true, false]);
  expect(again.kid).toBe(made.kid);
  expect(statSync(join(folder, 'keys', 'signing-key.jwk.json')).mode & 0o777).toBe(0o600);
  const token = await new SignJWT({}).setProtectedHeader({ alg: 'EdDSA', kid: again.kid }).sign(again.privateKey);
  await expect(jwtVerify(token, createLocalJWKSet(made.publicJwks))).resolves.toBeDefined();
  expect(made.publicJwks.keys[0]).not.toHaveProperty('d');
});

test('processes that start together agree on one key', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateKeys(folder)));
  expect(new Set(all.map(({ kid }) => kid)).size).toBe(1);
});

test('takes the key from the setting as JWK, PEM, one-line PEM or a path', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const file = join(folder, 'key.pem');
  writeFileSync(file, pem);
  const forms = [JSON.stringify(privateKey.export({ format: 'jwk' })), pem, pem.replaceAll('\n', '\\n'), file];
  const keys = await Promise.all(forms.map((form) => loadOrCreateKeys(folder, form)));
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
});

test('refuses anything else by name, without repeating it', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' });
  for (const wrong of ['hunter2', '{"kty":"OKP"}', rsa.toString()]) {
    const refused = await loadOrCreateKeys(folder, wrong).catch((error: Error) => error.message);
    expect(refused).toContain('AUTH_PRIVATE_KEY');
    expect(refused).not.toContain('hunter2');
  }
});
