import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;

/** Keeps secrets that have to be read again: without the installation's key the database gives none of them away. */
export interface Seal {
  /** `owner` is bound to it: a sealed secret cannot be moved to somebody else. */
  seal(secret: Uint8Array, owner: string): Buffer;
  /** Undefined when it was sealed with another key, or for another owner. */
  open(sealed: Uint8Array, owner: string): Buffer | undefined;
}

/** The key is derived from the signing key (HKDF, RFC 5869); `purpose` keeps uses apart. */
export function createSeal(signingKey: KeyObject, purpose: string): Seal {
  const seed = signingKey.export({ format: 'der', type: 'pkcs8' });
  const key = Buffer.from(hkdfSync('sha256', seed, '', purpose, 32));
  return {
    seal(secret, owner) {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength }).setAAD(Buffer.from(owner));
      const hidden = Buffer.concat([cipher.update(secret), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), hidden]);
    },
    open(sealed, owner) {
      try {
        const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceLength), {
          authTagLength: tagLength,
        });
        decipher.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(nonceLength, nonceLength + tagLength));
        return Buffer.concat([decipher.update(sealed.subarray(nonceLength + tagLength)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}
