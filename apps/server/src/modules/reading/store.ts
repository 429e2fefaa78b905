import { sql } from 'kysely';
import type { Db, Trx } from '../../db/schema.ts';

export interface Cursor {
  sequence: number;
  messageCount: number;
}

export async function findCursor(db: Db, chatId: string, userId: string): Promise<Cursor | undefined> {
  return db
    .selectFrom('read_cursors')
    .select(['sequence', 'message_count as messageCount'])
    .where('chat_id', '=', chatId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
}

/** The place of a sequence, or of the newest message when there are fewer. */
export async function placeOf(trx: Trx, chatId: string, sequence: number | undefined): Promise<Cursor> {
  const { rows } = await sql<Cursor>`
    select coalesce(m.sequence, h.last_sequence) as sequence, coalesce(m.message_count, h.message_count) as "messageCount"
    from topic_heads h
    left join messages m on m.chat_id = h.owner_id and m.sequence = ${sequence ?? null}::bigint
    where h.owner_id = ${chatId}::uuid and h.kind = 'chat'`.execute(trx);
  return rows[0] ?? { sequence: 0, messageCount: 0 };
}

/** Forward only. False when it was there or further already. */
export async function advance(trx: Trx, chatId: string, userId: string, to: Cursor, at: Date): Promise<boolean> {
  const row = await trx
    .insertInto('read_cursors')
    .values({ chat_id: chatId, user_id: userId, sequence: to.sequence, message_count: to.messageCount, read_at: at })
    .onConflict((conflict) =>
      conflict
        .columns(['chat_id', 'user_id'])
        .doUpdateSet({ sequence: to.sequence, message_count: to.messageCount, read_at: at })
        .where('read_cursors.sequence', '<', to.sequence),
    )
    .returning('user_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Notes how far a receipt was told. The head is held by the caller. */
export async function noteTold(trx: Trx, chatId: string, sequence: number): Promise<void> {
  await sql`
    update topic_heads set told_sequence = ${sequence}
    where owner_id = ${chatId}::uuid and kind = 'chat' and told_sequence < ${sequence}`.execute(trx);
}

/** How far members have read, of those who tell. */
export async function receiptsOf(
  db: Db,
  chatId: string,
): Promise<{ participantId: string; sequence: number; readAt: Date }[]> {
  const { rows } = await sql<{ participantId: string; sequence: number; readAt: Date }>`
    select m.participant_id as "participantId", r.sequence, r.read_at as "readAt"
    from read_cursors r
    join chat_members m using (chat_id, user_id)
    join users u on u.id = r.user_id
    where r.chat_id = ${chatId}::uuid and m.left_at is null and r.read_at is not null
      and coalesce((u.settings ->> 'readReceipts')::boolean, true)
    order by m.participant_id limit 1000`.execute(db);
  return rows;
}

/** Members who do not tell how far they have read, by chat. Costs what the few who hide theirs are, or the members if those are fewer. */
export async function hidersOf(db: Db, chatIds: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ chatId: string; userIds: string[] }>`
    select m.chat_id as "chatId", array_agg(m.user_id::text) as "userIds"
    from users u join chat_members m on m.user_id = u.id and m.left_at is null
    where not coalesce((u.settings ->> 'readReceipts')::boolean, true) and m.chat_id = any(${chatIds}::uuid[])
    group by m.chat_id`.execute(db);
  return new Map(rows.map((row) => [row.chatId, row.userIds]));
}
