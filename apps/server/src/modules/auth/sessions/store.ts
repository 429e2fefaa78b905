import type { Insertable, Selectable } from 'kysely';
import type { Database, Db, Trx } from '../../../db/schema.ts';

export type SessionRow = Selectable<Database['sessions']>;
export type RefreshTokenRow = Selectable<Database['refresh_tokens']>;

export async function insertSession(trx: Trx, session: Insertable<Database['sessions']>): Promise<void> {
  await trx.insertInto('sessions').values(session).execute();
}

/** With the person's blocking beside it. */
export function findByToken(
  db: Db,
  tokenHash: Buffer,
): Promise<(SessionRow & { blocked_at: Date | null }) | undefined> {
  return db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .selectAll('sessions')
    .select('users.blocked_at')
    .where('sessions.token_hash', '=', tokenHash)
    .executeTakeFirst();
}

/** Moves the end of a session that is in use; one that has ended stays so. */
export async function renewSession(
  db: Db,
  sessionId: string,
  change: { last_used_at: Date; expires_at: Date; token_hash?: Buffer },
): Promise<void> {
  await db.updateTable('sessions').set(change).where('id', '=', sessionId).where('ended_at', 'is', null).execute();
}

export function listLive(db: Db, userId: string, now: Date): Promise<SessionRow[]> {
  return db
    .selectFrom('sessions')
    .selectAll()
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('last_used_at', 'desc')
    .limit(200)
    .execute();
}

/** Ends those of the person that are not ended yet, or the one, or all but one; returns their ids. Locked in one order: two callers cannot deadlock. */
export async function endSessions(
  trx: Trx,
  { userId, now, only, except }: { userId: string; now: Date; only?: string | undefined; except?: string | undefined },
): Promise<string[]> {
  let query = trx.selectFrom('sessions').select('id').where('user_id', '=', userId).where('ended_at', 'is', null);
  if (only !== undefined) query = query.where('id', '=', only);
  if (except !== undefined) query = query.where('id', '<>', except);
  const ids = (await query.orderBy('id').forUpdate().execute()).map((row) => row.id);
  if (ids.length > 0) await trx.updateTable('sessions').set({ ended_at: now }).where('id', 'in', ids).execute();
  return ids;
}

export async function endedSince(db: Db, since: Date): Promise<string[]> {
  const rows = await db.selectFrom('sessions').select('id').where('ended_at', '>=', since).execute();
  return rows.map((row) => row.id);
}

/** Removes sessions that ended or ran out before `before`, and with them their refresh tokens. */
export async function deleteOld(db: Db, before: Date): Promise<void> {
  await db
    .deleteFrom('sessions')
    .where((where) => where.or([where('ended_at', '<', before), where('expires_at', '<', before)]))
    .execute();
}
