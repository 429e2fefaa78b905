import { sql, type Updateable } from 'kysely';
import type { Database, Db, Trx } from '../../db/schema.ts';
import { asPrefix, usernameKey } from './names.ts';
import type { OwnUserRow, PublicUserRow } from './profile.ts';

const publicColumns = ['id', 'username', 'display_name', 'bio', 'avatar_url'] as const;
const ownColumns = [...publicColumns, 'email', 'is_admin', 'created_at'] as const;

export function findUser(db: Db, userId: string): Promise<PublicUserRow | undefined> {
  return db.selectFrom('users').select(publicColumns).where('id', '=', userId).executeTakeFirst();
}

export function findByKey(db: Db, usernameKey: string): Promise<PublicUserRow | undefined> {
  return db.selectFrom('users').select(publicColumns).where('username_key', '=', usernameKey).executeTakeFirst();
}

export function findOwn(db: Db, userIds: readonly string[]): Promise<OwnUserRow[]> {
  return db.selectFrom('users').select(ownColumns).where('id', 'in', userIds).execute();
}

export function lockOwn(trx: Trx, userId: string): Promise<OwnUserRow | undefined> {
  return trx.selectFrom('users').select(ownColumns).where('id', '=', userId).forUpdate().executeTakeFirst();
}

export async function updateUser(trx: Trx, userId: string, change: Updateable<Database['users']>): Promise<OwnUserRow> {
  return trx.updateTable('users').set(change).where('id', '=', userId).returning(ownColumns).executeTakeFirstOrThrow();
}

/**
 * People whose username or name starts so, the exact username first. Each half reads one index, and no more of it than
 * is asked for: a short prefix of a large installation costs no more than a long one. Never those who are blocked.
 */
export async function findByPrefix(db: Db, text: string, limit: number): Promise<PublicUserRow[]> {
  const unblocked = db
    .selectFrom('users')
    .select([...publicColumns, 'username_key'])
    .where('blocked_at', 'is', null);
  const byUsername = unblocked
    .where('username_key', 'like', asPrefix(usernameKey(text)))
    .orderBy('username_key')
    .limit(limit);
  const byName = unblocked
    .where(sql`lower(display_name)`, 'like', sql`lower(${asPrefix(text)})`)
    .orderBy(sql`lower(display_name)`)
    .limit(limit);
  const [named, displayed] = await Promise.all([byUsername.execute(), byName.execute()]);
  const found = new Map([...named, ...displayed].map((row) => [row.id, row]));
  return [...found.values()].slice(0, limit);
}
