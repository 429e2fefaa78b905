import { createHmac, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Signs addresses of the store on disk. All instances that sign tokens alike sign addresses alike. */
export interface Signer {
  sign(parts: readonly string[]): string;
  verify(parts: readonly string[], signature: string): boolean;
}

/** The secret is derived from the signing key (RFC 5869), so that there is nothing more to keep. */
export function createSigner(privateKey: KeyObject): Signer {
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' });
  const secret = Buffer.from(hkdfSync('sha256', seed, '', 'parley blobs', 32));
  // JSON keeps the parts apart, whatever is in them.
  const digest = (parts: readonly string[]) => createHmac('sha256', secret).update(JSON.stringify(parts)).digest();
  return {
    sign: (parts) => digest(parts).toString('base64url'),
    verify(parts, signature) {
      const given = Buffer.from(signature, 'base64url');
      const right = digest(parts);
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}
