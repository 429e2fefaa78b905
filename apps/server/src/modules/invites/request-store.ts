import { sql } from 'kysely';
import type { Db, Trx } from '../../db/schema.ts';

interface NewRequest {
  chatId: string;
  userId: string;
  token: string;
  at: Date;
}

export async function insertRequest(trx: Trx, { chatId, userId, token, at }: NewRequest): Promise<void> {
  await trx.insertInto('join_requests').values({ chat_id: chatId, user_id: userId, token, requested_at: at }).execute();
}

/** Those of the given people who wait. */
export async function waitingAmong(trx: Trx, chatId: string, userIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ user_id: string }>`
    select user_id from join_requests where chat_id = ${chatId}::uuid and user_id = any(${userIds}::uuid[])`.execute(
    trx,
  );
  return rows.map((row) => row.user_id);
}

/** Who asked last. */
export async function newestRequest(trx: Trx, chatId: string): Promise<string | undefined> {
  const row = await trx
    .selectFrom('join_requests')
    .select('user_id')
    .where('chat_id', '=', chatId)
    .orderBy('requested_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.user_id;
}

/** They wait no longer; returns those who did. Who was not let in gives their place back. */
export async function removeRequests(
  trx: Trx,
  chatId: string,
  userIds: readonly string[],
  outcome: 'approved' | 'refused',
): Promise<string[]> {
  const { rows } = await sql<{ user_id: string; token: string }>`
    delete from join_requests where chat_id = ${chatId}::uuid and user_id = any(${userIds}::uuid[])
    returning user_id, token`.execute(trx);
  if (outcome === 'refused') {
    await sql`
      update invites i set use_count = use_count - given.places
      from (select token, count(*)::integer as places from unnest(${rows.map((row) => row.token)}::text[]) as t (token) group by token) given
      where i.chat_id = ${chatId}::uuid and i.token = given.token`.execute(trx);
  }
  return rows.map((row) => row.user_id);
}

export async function adminsOf(db: Db, chatId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('chat_members')
    .select('user_id')
    .where('chat_id', '=', chatId)
    .where('left_at', 'is', null)
    .where('role', 'in', ['owner', 'admin'])
    .execute();
  return rows.map((row) => row.user_id);
}

/** How many wait, for each pair of a chat and one of its admins; nothing for whoever is not one. */
export async function countsFor(
  db: Db,
  wanted: readonly { chatId: string; userId: string }[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ chatId: string; userId: string; count: number }>`
    select w.chat_id as "chatId", w.user_id as "userId",
      (select count(*)::integer from join_requests r where r.chat_id = w.chat_id) as count
    from (select distinct * from unnest(
      ${wanted.map((one) => one.chatId)}::uuid[], ${wanted.map((one) => one.userId)}::uuid[]
    ) as w (chat_id, user_id)) as w
    join chat_members m on m.chat_id = w.chat_id and m.user_id = w.user_id and m.left_at is null
    where m.role in ('owner', 'admin')`.execute(db);
  return new Map(rows.map((row) => [`${row.chatId} ${row.userId}`, row.count]));
}
