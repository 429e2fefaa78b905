import { sql } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';

/** A message of the past with its place. They are all texts, so `sequence` is also how many there were with it. */
export interface PastRow {
  chatId: string;
  id: string;
  sequence: number;
  senderId: string;
  content: string;
  replyToId: string | null;
  sentAt: Date;
  /** What it said at first; it was edited a minute later. */
  before: string | null;
}

export async function insertPast(trx: Trx, rows: readonly PastRow[]): Promise<void> {
  const of = <T>(read: (row: PastRow) => T): T[] => rows.map(read);
  await sql`
    insert into messages
      (chat_id, id, sequence, message_count, sender_id, type, content, reply_to_id, sent_at, edited_at)
    select chat_id, id, sequence, sequence, sender_id, 'text', content, reply_to_id, sent_at,
      case when is_edited then sent_at + interval '1 minute' end
    from unnest(
      ${of((row) => row.chatId)}::uuid[], ${of((row) => row.id)}::uuid[], ${of((row) => row.sequence)}::bigint[],
      ${of((row) => row.senderId)}::uuid[], ${of((row) => row.content)}::text[], ${of((row) => row.replyToId)}::uuid[],
      ${of((row) => row.sentAt)}::timestamptz[], ${of((row) => row.before !== null)}::boolean[]
    ) as n (chat_id, id, sequence, sender_id, content, reply_to_id, sent_at, is_edited)`.execute(trx);
  const edited = rows.filter((row) => row.before !== null);
  await sql`
    insert into message_versions (chat_id, message_id, version, content, written_at)
    select chat_id, message_id, 1, content, written_at
    from unnest(
      ${edited.map((row) => row.chatId)}::uuid[], ${edited.map((row) => row.id)}::uuid[],
      ${edited.map((row) => row.before)}::text[], ${edited.map((row) => row.sentAt)}::timestamptz[]
    ) as n (chat_id, message_id, content, written_at)`.execute(trx);
}

/**
 * The heads stand where these messages would have brought them, without the log that says so: as with messages whose log is no
 * longer kept, a reader at an older position is told to load the chat anew, and the search reads the messages themselves.
 */
export async function moveHeads(trx: Trx, chatIds: readonly string[]): Promise<void> {
  await sql`
    update topic_heads h
    set last_offset = h.last_offset + m.count, last_sequence = m.count, message_count = m.count
    from (
      select chat_id, count(*) as count from messages where chat_id = any(${chatIds}::uuid[]) group by chat_id
    ) m
    where h.owner_id = m.chat_id and h.kind = 'chat'`.execute(trx);
}

/** Chats and memberships are as old as what was said in them, accounts a little older. */
export async function ageChats(trx: Trx, chatIds: readonly string[]): Promise<void> {
  await sql`
    with first as (
      select chat_id, min(sent_at) - interval '1 minute' as at from messages
      where chat_id = any(${chatIds}::uuid[]) group by chat_id
    ), aged as (
      update chats c set created_at = first.at from first where c.id = first.chat_id
    )
    update chat_members m set joined_at = first.at from first where m.chat_id = first.chat_id`.execute(trx);
  await sql`
    update users set created_at = (select min(sent_at) from messages) - interval '1 day'`.execute(trx);
}

export interface ReadRow {
  chatId: string;
  userId: string;
  sequence: number;
  readAt: Date;
}

export async function insertReads(trx: Trx, rows: readonly ReadRow[]): Promise<void> {
  await sql`
    insert into read_cursors (chat_id, user_id, sequence, message_count, read_at)
    select chat_id, user_id, sequence, sequence, read_at
    from unnest(
      ${rows.map((row) => row.chatId)}::uuid[], ${rows.map((row) => row.userId)}::uuid[],
      ${rows.map((row) => row.sequence)}::bigint[], ${rows.map((row) => row.readAt)}::timestamptz[]
    ) as n (chat_id, user_id, sequence, read_at)
    on conflict (chat_id, user_id) do update
      set sequence = excluded.sequence, message_count = excluded.message_count, read_at = excluded.read_at`.execute(
    trx,
  );
}

/** As if each had been told when it was read: see migration 0011. */
export async function tellReads(trx: Trx, chatIds: readonly string[]): Promise<void> {
  await sql`
    update topic_heads h set told_sequence = told.sequence
    from (
      select h.owner_id, max(r.sequence) as sequence
      from topic_heads h
      join chats c on c.id = h.owner_id and c.type <> 'channel'
      join messages last on last.chat_id = h.owner_id and last.sequence = h.last_sequence
      join chat_members author on author.chat_id = last.chat_id and author.participant_id = last.sender_id
      join read_cursors r on r.chat_id = h.owner_id and r.user_id <> author.user_id and r.read_at is not null
      join users u on u.id = r.user_id and coalesce((u.settings ->> 'readReceipts')::boolean, true)
      where h.kind = 'chat' and h.owner_id = any(${chatIds}::uuid[])
      group by h.owner_id
    ) told
    where h.owner_id = told.owner_id and h.kind = 'chat'`.execute(trx);
}

export async function setLastSeen(trx: Trx, userId: string, at: Date): Promise<void> {
  await trx.updateTable('users').set({ last_seen_at: at }).where('id', '=', userId).execute();
}

export async function hasPeople(db: Db): Promise<boolean> {
  return (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined;
}

/** The last message of a chat that begins so. */
export async function findMessage(db: Db, chatId: string, beginning: string): Promise<string> {
  const { id } = await db
    .selectFrom('messages')
    .select('id')
    .where('chat_id', '=', chatId)
    .where('content', 'like', `${beginning}%`)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return id;
}
