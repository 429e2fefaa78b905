import { type Insertable, sql } from 'kysely';
import type { Database, Db, Trx } from '../../db/schema.ts';
import { throwTaken } from '../users/names.ts';

export interface Account {
  id: string;
  password_hash: string;
  blocked_at: Date | null;
}

const accountColumns = ['id', 'password_hash', 'blocked_at'] as const;

export type LoginKey = { column: 'username_key' | 'email_key'; key: string };

export function findAccount(db: Db, { column, key }: LoginKey): Promise<Account | undefined> {
  return db.selectFrom('users').select(accountColumns).where(column, '=', key).executeTakeFirst();
}

export function findAccountById(db: Db, userId: string): Promise<Account | undefined> {
  return db.selectFrom('users').select(accountColumns).where('id', '=', userId).executeTakeFirst();
}

/** What a password must not be. */
export function findOwner(db: Db, userId: string): Promise<{ username: string; email: string }> {
  return db.selectFrom('users').select(['username', 'email']).where('id', '=', userId).executeTakeFirstOrThrow();
}

/** In place of the one that was looked at; false when it has changed since. */
export async function setPassword(trx: Trx, { id, password_hash }: Account, hash: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('users')
    .set({ password_hash: hash })
    .where('id', '=', id)
    .where('password_hash', '=', password_hash)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Holds off a blocking or a change of the password until this transaction is over. */
export function lockAccount(trx: Trx, userId: string): Promise<Account | undefined> {
  return trx.selectFrom('users').select(accountColumns).where('id', '=', userId).forShare().executeTakeFirst();
}

const firstUserLock = 7_305_231_003;

/** The first person administers the installation. The lock lets only one of several first ones be it. */
export async function insertAccount(trx: Trx, account: Omit<Insertable<Database['users']>, 'is_admin'>): Promise<void> {
  const isEmpty = (await trx.selectFrom('users').select('id').limit(1).executeTakeFirst()) === undefined;
  if (isEmpty) await sql`select pg_advisory_xact_lock(${firstUserLock})`.execute(trx);
  const isFirst = isEmpty ? sql<boolean>`not exists (select from users)` : false;
  await trx
    .insertInto('users')
    .values({ ...account, is_admin: isFirst })
    .execute()
    .catch(throwTaken);
}
