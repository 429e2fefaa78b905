import type { Tokens } from '@parley/contract';
import type { Trx } from '../../db/schema.ts';
import { type AuthContext, inSeconds } from './context.ts';
import { hashToken, newRefreshToken } from './secrets.ts';
import { insertRefreshToken } from './sessions/refresh-store.ts';

/** A new refresh token of the session, stored as its hash. */
export async function addRefreshToken({ clock, settings }: AuthContext, trx: Trx, sessionId: string) {
  const token = newRefreshToken();
  const now = clock();
  const hash = hashToken(token);
  await insertRefreshToken(trx, {
    hash,
    sessionId,
    now: new Date(now),
    expiresAt: inSeconds(now, settings.refreshTtl),
  });
  return { token, hash };
}

/** The answer of a sign-in or refresh. */
export async function toTokens(
  { tokens, settings }: AuthContext,
  granted: { userId: string; sessionId: string; sessionToken: string; refreshToken: string },
): Promise<Tokens> {
  return {
    access_token: await tokens.signAccess(granted.userId, granted.sessionId, settings.accessTtl),
    refresh_token: granted.refreshToken,
    session_token: granted.sessionToken,
    token_type: 'Bearer',
    expires_in: settings.accessTtl,
    user_id: granted.userId,
  };
}
