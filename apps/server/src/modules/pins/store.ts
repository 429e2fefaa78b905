import { sql } from 'kysely';
import type { Db, Trx } from '../../db/schema.ts';

interface Place {
  chatId: string;
  messageId: string;
}

/** The latest first. */
export async function pinsOf(db: Db, chatId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('pinned_messages')
    .select('message_id')
    .where('chat_id', '=', chatId)
    .orderBy('pinned_at', 'desc')
    .orderBy('message_id', 'desc')
    .execute();
  return rows.map((row) => row.message_id);
}

/** The chat's row is to be held: so their order is that of the log. */
export async function insertPin(trx: Trx, { chatId, messageId }: Place, pinnedBy: string): Promise<void> {
  await sql`
    insert into pinned_messages (chat_id, message_id, pinned_by, pinned_at)
    values (${chatId}::uuid, ${messageId}::uuid, ${pinnedBy}::uuid, clock_timestamp())`.execute(trx);
}

/** True when it was held up until now. */
export async function deletePin(trx: Trx, { chatId, messageId }: Place): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('pinned_messages')
    .where('chat_id', '=', chatId)
    .where('message_id', '=', messageId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
