import { AppError, type Tokens } from '@parley/contract';
import type { Trx } from '../../db/schema.ts';
import type { Tell } from '../../log/log.ts';
import { type AuthContext, inSeconds } from './context.ts';
import { addRefreshToken, toTokens } from './grant.ts';
import { hashToken, sessionTokenOf } from './secrets.ts';
import { endTold } from './sessions/end.ts';
import { deleteExpired, lockPresented, type Presented, useUp } from './sessions/refresh-store.ts';
import { renewSession } from './sessions/store.ts';

/** Milliseconds in which a used token is taken for one whose answer was lost. */
const grace = 10_000;

/**
 * New tokens for a refresh token, which is used up by it (RFC 9700, section 4.14.2).
 *
 * An answer can be lost, and two windows can ask at once: for 10 s, and as long as no successor has been used, a used
 * token gets a further successor. The successors are siblings: the first one to be used uses up the others. So a thief
 * who slips in during these 10 s is found as soon as thief and owner have both refreshed again, and any later reuse
 * ends the session at once.
 */
export async function refresh(context: AuthContext, refreshToken: string): Promise<Tokens> {
  const { log, clock, revoked } = context;
  const outcome = await log.write(async (trx, tell) => {
    const presented = await lockPresented(trx, hashToken(refreshToken));
    const now = clock();
    refuseUseless(presented, now);
    if (isReuse(presented, now)) return endReused(context, trx, tell, presented);
    return { isReuse: false as const, granted: await rotate(context, trx, presented) };
  });
  if (!outcome.isReuse) return toTokens(context, outcome.granted);
  for (const sessionId of outcome.ended) revoked.add(sessionId);
  throw new AppError('refresh_reused');
}

function refuseUseless(presented: Presented | undefined, now: number): asserts presented is Presented {
  if (presented === undefined) throw new AppError('invalid_token');
  const { session, token } = presented;
  if (session.ended_at !== null || session.is_blocked || session.expires_at.getTime() <= now) {
    throw new AppError('session_ended');
  }
  if (token.expires_at.getTime() <= now) throw new AppError('invalid_token');
}

const isReuse = ({ token }: Presented, now: number): boolean =>
  token.used_at !== null && (token.is_successor_used || now - token.used_at.getTime() > grace);

async function endReused({ clock }: AuthContext, trx: Trx, tell: Tell, { session }: Presented) {
  const ended = await endTold(trx, tell, { userId: session.user_id, now: new Date(clock()), only: session.id });
  return { isReuse: true as const, ended };
}

async function rotate(context: AuthContext, trx: Trx, { session, token }: Presented) {
  const now = context.clock();
  const sessionToken = sessionTokenOf(session.id, context.keys.privateKey);
  const refreshToken = await addSuccessor(context, trx, session.id, token.used_at === null);
  // With another signing key the session's token is another one from here on.
  await renewSession(trx, session.id, {
    token_hash: hashToken(sessionToken),
    last_used_at: new Date(now),
    expires_at: inSeconds(now, context.settings.sessionTtl),
  });
  return { userId: session.user_id, sessionId: session.id, sessionToken, refreshToken };
}

async function addSuccessor(context: AuthContext, trx: Trx, sessionId: string, usesUp: boolean): Promise<string> {
  const now = new Date(context.clock());
  const successor = await addRefreshToken(context, trx, sessionId);
  if (usesUp) await useUp(trx, sessionId, now, successor.hash);
  await deleteExpired(trx, sessionId, now);
  return successor.token;
}
