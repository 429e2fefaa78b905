/**
 * When an address that is asked for now is signed, and when it ends. Signed at the start of a third of the time it lives, so
 * that a browser that asks again within that third gets the same address and has the bytes already.
 */
export function signingWindow(ttlSeconds: number, now: number): { signedAt: Date; expiresAt: Date } {
  const third = Math.floor((ttlSeconds * 1_000) / 3);
  const signedAt = Math.floor(now / third) * third;
  return { signedAt: new Date(signedAt), expiresAt: new Date(signedAt + ttlSeconds * 1_000) };
}
