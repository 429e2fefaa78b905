import type { Trx } from '../../../db/schema.ts';
import type { RefreshTokenRow, SessionRow } from './store.ts';

export interface Presented {
  session: SessionRow & { is_blocked: boolean };
  token: RefreshTokenRow & { is_successor_used: boolean };
}

/**
 * Locks the session of a refresh token, then reads the token: read in the same statement it could be as it was before
 * the lock was waited for.
 */
export async function lockPresented(trx: Trx, tokenHash: Buffer): Promise<Presented | undefined> {
  const session = await trx
    .selectFrom('sessions')
    .selectAll()
    .where('id', '=', (where) =>
      where.selectFrom('refresh_tokens').select('session_id').where('token_hash', '=', tokenHash),
    )
    .forUpdate()
    .executeTakeFirst();
  if (session === undefined) return undefined;
  const token = await readToken(trx, tokenHash);
  const user = await trx.selectFrom('users').select('blocked_at').where('id', '=', session.user_id).executeTakeFirst();
  return token && { token, session: { ...session, is_blocked: user?.blocked_at !== null } };
}

async function readToken(trx: Trx, tokenHash: Buffer): Promise<Presented['token'] | undefined> {
  const row = await trx
    .selectFrom('refresh_tokens as token')
    .leftJoin('refresh_tokens as successor', 'successor.token_hash', 'token.successor_hash')
    .selectAll('token')
    .select('successor.used_at as successor_used_at')
    .where('token.token_hash', '=', tokenHash)
    .executeTakeFirst();
  return row && { ...row, is_successor_used: row.successor_used_at !== null };
}

export async function insertRefreshToken(
  trx: Trx,
  token: { hash: Buffer; sessionId: string; now: Date; expiresAt: Date },
): Promise<void> {
  await trx
    .insertInto('refresh_tokens')
    .values({ token_hash: token.hash, session_id: token.sessionId, created_at: token.now, expires_at: token.expiresAt })
    .execute();
}

/** Uses up every token of the session that is good, but for the successor: the presented one and, after a lost answer, its siblings. */
export async function useUp(trx: Trx, sessionId: string, now: Date, successorHash: Buffer): Promise<void> {
  await trx
    .updateTable('refresh_tokens')
    .set({ used_at: now, successor_hash: successorHash })
    .where('session_id', '=', sessionId)
    .where('used_at', 'is', null)
    .where('token_hash', '<>', successorHash)
    .execute();
}

export async function deleteExpired(trx: Trx, sessionId: string, now: Date): Promise<void> {
  await trx.deleteFrom('refresh_tokens').where('session_id', '=', sessionId).where('expires_at', '<', now).execute();
}
