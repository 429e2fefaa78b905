import type { Draft, DraftChange } from '@parley/contract';
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/schema.ts';

interface Place {
  chatId: string;
  userId: string;
}

/** False when it was so before. */
export async function writeDraft(trx: Trx, { chatId, userId }: Place, draft: DraftChange, at: Date): Promise<boolean> {
  const { rows } = await sql<{ chat_id: string }>`
    insert into drafts (chat_id, user_id, content, reply_to_id, updated_at)
    values (${chatId}::uuid, ${userId}::uuid, ${draft.content}, ${draft.replyToMessageId ?? null}::uuid, ${at})
    on conflict (chat_id, user_id) do update
      set content = excluded.content, reply_to_id = excluded.reply_to_id, updated_at = excluded.updated_at
      where (drafts.content, drafts.reply_to_id) is distinct from (excluded.content, excluded.reply_to_id)
    returning chat_id`.execute(trx);
  return rows.length > 0;
}

/** False when there was none. */
export async function removeDraft(trx: Trx, { chatId, userId }: Place): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('drafts')
    .where('chat_id', '=', chatId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function readDrafts(db: Db, wanted: readonly Place[]): Promise<Map<string, Draft>> {
  const { rows } = await sql<DraftRow & { chat_id: string; user_id: string }>`
    select d.chat_id, d.user_id, d.content, d.reply_to_id, d.updated_at
    from (select distinct * from unnest(
      ${wanted.map((one) => one.chatId)}::uuid[], ${wanted.map((one) => one.userId)}::uuid[]
    ) as w (chat_id, user_id)) as w
    join drafts d using (chat_id, user_id)`.execute(db);
  return new Map(rows.map((row) => [`${row.chat_id} ${row.user_id}`, toDraft(row)]));
}

interface DraftRow {
  content: string;
  reply_to_id: string | null;
  updated_at: Date;
}

const toDraft = (row: DraftRow): Draft => ({
  content: row.content,
  updatedAt: row.updated_at.toISOString(),
  ...(row.reply_to_id === null ? {} : { replyToMessageId: row.reply_to_id }),
});
