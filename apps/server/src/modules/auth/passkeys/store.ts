import { type Insertable, type Selectable, sql } from 'kysely';
import type { Database, Db, Trx } from '../../../db/schema.ts';

export type PasskeyRow = Selectable<Database['passkeys']>;

/** More than are ever open at once; beyond it the oldest are dropped. */
const maxChallenges = 10_000;

export async function insertChallenge(
  db: Db,
  challenge: { challenge: string; userId: string | null; expiresAt: Date },
): Promise<void> {
  await db
    .insertInto('passkey_challenges')
    .values({ challenge: challenge.challenge, user_id: challenge.userId, expires_at: challenge.expiresAt })
    .execute();
  await sql`
    delete from passkey_challenges where expires_at <=
      (select expires_at from passkey_challenges order by expires_at desc offset ${maxChallenges} limit 1)`.execute(db);
}

/** True for the one who deleted it: an answer is good once. */
export async function takeChallenge(
  db: Db,
  { challenge, userId, now }: { challenge: string; userId: string | null; now: Date },
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('passkey_challenges')
    .where('challenge', '=', challenge)
    .where('user_id', 'is not distinct from', userId)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function deleteStaleChallenges(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('passkey_challenges').where('expires_at', '<=', now).execute();
}

export function listPasskeys(db: Db, userId: string): Promise<PasskeyRow[]> {
  return db.selectFrom('passkeys').selectAll().where('user_id', '=', userId).orderBy('created_at').execute();
}

export function findPasskey(db: Db, credentialId: string): Promise<PasskeyRow | undefined> {
  return db.selectFrom('passkeys').selectAll().where('credential_id', '=', credentialId).executeTakeFirst();
}

/** Undefined when that credential is known already. */
export function insertPasskey(db: Db, passkey: Insertable<Database['passkeys']>): Promise<PasskeyRow | undefined> {
  return db
    .insertInto('passkeys')
    .values(passkey)
    .onConflict((conflict) => conflict.column('credential_id').doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** False when it was removed, or has signed further, since it was looked at. */
export async function notePasskeyUse(trx: Trx, passkey: PasskeyRow, counter: number, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('passkeys')
    .set({ counter, last_used_at: now })
    .where('id', '=', passkey.id)
    .where('counter', '=', passkey.counter)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export function renamePasskey(db: Db, userId: string, id: string, name: string): Promise<PasskeyRow | undefined> {
  return db
    .updateTable('passkeys')
    .set({ name })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .returningAll()
    .executeTakeFirst();
}

export async function deletePasskey(db: Db, userId: string, id: string): Promise<boolean> {
  const query = db.deleteFrom('passkeys').where('id', '=', id).where('user_id', '=', userId);
  return (await query.executeTakeFirst()).numDeletedRows > 0n;
}
