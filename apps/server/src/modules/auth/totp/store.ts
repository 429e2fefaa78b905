import type { Selectable } from 'kysely';
import type { Database, Db, Trx } from '../../../db/schema.ts';

export type FactorRow = Selectable<Database['totp_factors']>;

/** The row is held until the transaction ends: two with the same code take turns. */
export function lockFactor(trx: Trx, userId: string): Promise<FactorRow | undefined> {
  return trx.selectFrom('totp_factors').selectAll().where('user_id', '=', userId).forUpdate().executeTakeFirst();
}

export async function isOn(db: Db, userId: string): Promise<boolean> {
  return (await findConfirmed(db, userId)) !== undefined;
}

export function findConfirmed(db: Db, userId: string): Promise<FactorRow | undefined> {
  return db
    .selectFrom('totp_factors')
    .selectAll()
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst();
}

/** In place of one that was not confirmed. False when there is one that was. */
export async function begin(db: Db, userId: string, secret: Buffer, now: Date): Promise<boolean> {
  const row = await db
    .insertInto('totp_factors')
    .values({ user_id: userId, secret, created_at: now })
    .onConflict((conflict) =>
      conflict
        .column('user_id')
        .doUpdateSet({ secret, created_at: now, last_step: 0 })
        .where('totp_factors.confirmed_at', 'is', null),
    )
    .returning('user_id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function takeStep(trx: Trx, userId: string, step: number): Promise<void> {
  await trx.updateTable('totp_factors').set({ last_step: step }).where('user_id', '=', userId).execute();
}

export async function confirm(trx: Trx, userId: string, now: Date): Promise<void> {
  await trx.updateTable('totp_factors').set({ confirmed_at: now }).where('user_id', '=', userId).execute();
}

export async function remove(trx: Trx, userId: string): Promise<void> {
  await trx.deleteFrom('totp_factors').where('user_id', '=', userId).execute();
  await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
}

export async function replaceRecoveryCodes(trx: Trx, userId: string, hashes: readonly Buffer[]): Promise<void> {
  await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
  await trx
    .insertInto('recovery_codes')
    .values(hashes.map((hash) => ({ user_id: userId, code_hash: hash })))
    .execute();
}

/** True for the one who deleted it: a code is good once. */
export async function spendRecoveryCode(trx: Trx, userId: string, hash: Buffer): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('recovery_codes')
    .where('user_id', '=', userId)
    .where('code_hash', '=', hash)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function countRecoveryCodes(db: Db, userId: string): Promise<number> {
  const row = await db
    .selectFrom('recovery_codes')
    .select((where) => where.fn.countAll<string>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
