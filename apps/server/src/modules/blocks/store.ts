import { sql } from 'kysely';
import type { Db, Trx } from '../../db/schema.ts';
import type { PublicUserRow } from '../users/profile.ts';

/** False when it was so before. */
export async function insertBlock(trx: Trx, userId: string, blockedId: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('user_blocks')
    .values({ user_id: userId, blocked_id: blockedId })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** False when it was so before. */
export async function deleteBlock(trx: Trx, userId: string, blockedId: string): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('user_blocks')
    .where('user_id', '=', userId)
    .where('blocked_id', '=', blockedId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function countBlocks(db: Db, userId: string): Promise<number> {
  const { count } = await db
    .selectFrom('user_blocks')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export function blockedBy(db: Db, userId: string): Promise<PublicUserRow[]> {
  return db
    .selectFrom('user_blocks as b')
    .innerJoin('users as u', 'u.id', 'b.blocked_id')
    .select(['u.id', 'u.username', 'u.display_name', 'u.bio', 'u.avatar_url'])
    .where('b.user_id', '=', userId)
    .orderBy('b.created_at', 'desc')
    .execute();
}

/** Those of the given people whom the person has blocked (`mine`), and those who have blocked the person (`theirs`). */
export async function blocksBetween(
  db: Db,
  userId: string,
  others: readonly string[],
): Promise<{ mine: Set<string>; theirs: Set<string> }> {
  if (others.length === 0) return { mine: new Set(), theirs: new Set() };
  const { rows } = await sql<{ userId: string; blockedId: string }>`
    select user_id as "userId", blocked_id as "blockedId" from user_blocks
    where (user_id = ${userId}::uuid and blocked_id = any(${others}::uuid[]))
       or (blocked_id = ${userId}::uuid and user_id = any(${others}::uuid[]))`.execute(db);
  return {
    mine: new Set(rows.filter((row) => row.userId === userId).map((row) => row.blockedId)),
    theirs: new Set(rows.filter((row) => row.blockedId === userId).map((row) => row.userId)),
  };
}
