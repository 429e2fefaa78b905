import { AppError } from '@parley/contract';
import type { Authenticate, Identity } from '@parley/realtime';
import { type AuthContext, inSeconds } from './context.ts';
import { hashToken, isSessionToken } from './secrets.ts';
import { findByToken, renewSession } from './sessions/store.ts';

/** Milliseconds between two notes that a session was used. */
const noteEvery = 60_000;

export interface Authenticators {
  /** For sockets: access token, socket token or session token. Throws `invalid_token` or `session_ended`. */
  authenticate: Authenticate;
  /** For requests: the same without socket tokens, whose scopes a request would not be held to. */
  authenticateRequest: Authenticate;
}

export function createAuthenticators(context: AuthContext): Authenticators {
  async function authenticate(token: string, allowsSocketTokens: boolean): Promise<Identity> {
    if (isSessionToken(token)) return bySessionToken(context, token);
    const { kind, ...identity } = await context.tokens.verify(token);
    if (kind === 'socket' && !allowsSocketTokens) throw new AppError('invalid_token');
    context.revoked.refuse(identity.sessionId);
    return identity;
  }

  return {
    authenticate: (token) => authenticate(token, true),
    authenticateRequest: (token) => authenticate(token, false),
  };
}

async function bySessionToken({ db, clock, settings }: AuthContext, token: string): Promise<Identity> {
  const session = await findByToken(db, hashToken(token));
  if (session === undefined) throw new AppError('invalid_token');
  const now = clock();
  if (session.ended_at !== null || session.blocked_at !== null || session.expires_at.getTime() <= now) {
    throw new AppError('session_ended');
  }
  const identity = { userId: session.user_id, sessionId: session.id };
  if (now - session.last_used_at.getTime() < noteEvery) return { ...identity, expiresAt: session.expires_at.getTime() };
  const expiresAt = inSeconds(now, settings.sessionTtl);
  await renewSession(db, session.id, { last_used_at: new Date(now), expires_at: expiresAt });
  return { ...identity, expiresAt: expiresAt.getTime() };
}
