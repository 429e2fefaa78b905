import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, type JSONWebKeySet, type JWK } from 'jose';

export interface SigningKeys {
  /** RFC 7638 thumbprint of the public key. */
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** What /.well-known/jwks.json answers. */
  publicJwks: JSONWebKeySet;
  isNew: boolean;
}

const fileName = 'signing-key.jwk.json';

/**
 * The Ed25519 key (RFC 8037) that signs tokens: from the setting (JWK, PEM or the path of a file with one), else from
 * the folder, where it is made on first use. Processes that start at the same time get the same key.
 */
export async function loadOrCreateKeys(folder: string, fromSetting?: string): Promise<SigningKeys> {
  if (fromSetting !== undefined) return describe(parseKey(fromSetting, 'AUTH_PRIVATE_KEY'), false);
  const file = join(folder, fileName);
  const isNew = createIfMissing(folder, file);
  return describe(parseKey(readFileSync(file, 'utf8'), file), isNew);
}

function createIfMissing(folder: string, file: string): boolean {
  if (existsSync(file)) return false;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}.new`;
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(unfinished, `${JSON.stringify(privateKey.export({ format: 'jwk' }))}\n`, { mode: 0o600 });
  try {
    // A link, unlike a rename, does not replace the key of a process that was faster.
    linkSync(unfinished, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(unfinished);
  }
}

function parseKey(text: string, source: string): KeyObject {
  const trimmed = text.trim();
  try {
    const key = readKey(trimmed);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw new Error(`${source} is not a private Ed25519 key (JWK, PEM or the path of a file with one)`, { cause });
  }
  throw new Error(`${source} is not an Ed25519 key`);
}

function readKey(text: string): KeyObject {
  if (text.startsWith('{')) return createPrivateKey({ key: JSON.parse(text), format: 'jwk' });
  // A PEM in an environment variable often has its line ends written as \n.
  if (text.startsWith('-----BEGIN')) return createPrivateKey(text.replaceAll('\\n', '\n'));
  return readKey(readKeyFile(text));
}

function readKeyFile(path: string): string {
  const text = readFileSync(path, 'utf8').trim();
  if (text.startsWith('{') || text.startsWith('-----BEGIN')) return text;
  throw new Error(`${path} holds no key`);
}

async function describe(privateKey: KeyObject, isNew: boolean): Promise<SigningKeys> {
  const publicKey = createPublicKey(privateKey);
  const jwk = publicKey.export({ format: 'jwk' }) as JWK;
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, privateKey, publicKey, publicJwks: { keys: [{ ...jwk, kid, alg: 'EdDSA', use: 'sig' }] }, isNew };
}
