import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';

const sessionPrefix = 'pst_';
const refreshPrefix = 'prt_';

/** What is stored of a token: 256 random bits need no slow hash. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

export const newRefreshToken = (): string => refreshPrefix + randomBytes(32).toString('base64url');

export const isSessionToken = (token: string): boolean => token.startsWith(sessionPrefix);

/**
 * The session token of a session: 256 bits that only the holder of the signing key can compute (an Ed25519 signature is
 * deterministic, RFC 8032). So a refresh can hand out the token again although only its hash is stored.
 * The label cannot begin a JWT, so neither signature passes for the other.
 */
export function sessionTokenOf(sessionId: string, privateKey: KeyObject): string {
  const signature = sign(null, Buffer.from(`parley session token\n${sessionId}`), privateKey);
  return sessionPrefix + createHash('sha256').update(signature).digest('base64url');
}
