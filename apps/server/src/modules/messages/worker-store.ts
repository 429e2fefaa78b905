import { type RawBuilder, sql } from 'kysely';
import { plainArray } from '../../db/arrays.ts';
import type { Session } from '../../db/pipeline.ts';
import { insertingEntries, type LoggedEntry } from '../../log/append.ts';
import { type Head, savingHeads } from '../../log/heads.ts';
import { insertingMentions } from './mentions.ts';
import type { SendCommand } from './queue.ts';

/** A message with its numbers, about to be inserted. */
export interface NewRow {
  command: SendCommand;
  sequence: number;
  messageCount: number;
  offset: number;
  sentAt: Date;
}

/**
 * The sequences of those commands that are stored already. Lateral with a limit: each row is looked up by its key, whatever the
 * planner believes of the size of the table; as a plain join it read all messages.
 */
export async function findKnown(session: Session, commands: readonly SendCommand[]): Promise<Map<string, number>> {
  const of = (read: (command: SendCommand) => string): string => plainArray(commands.map(read));
  const rows = await session.run(
    'find_known',
    sql<{ id: string; sequence: number }>`
    select w.id, m.sequence
    from unnest(${of((c) => c.chatId)}::uuid[], ${of((c) => c.id)}::uuid[]) as w (chat_id, id)
    cross join lateral (select sequence from messages where chat_id = w.chat_id and id = w.id limit 1) m`,
  );
  return new Map(rows.map((row) => [row.id, row.sequence]));
}

/** Those chats of the commands that still exist. */
export async function findLiveChats(session: Session, commands: readonly SendCommand[]): Promise<Set<string>> {
  const chatIds = plainArray([...new Set(commands.map((command) => command.chatId))]);
  const rows = await session.run(
    'find_live_chats',
    sql<{ id: string }>`select id from chats where id = any(${chatIds}::uuid[]) and deleted_at is null`,
  );
  return new Set(rows.map((row) => row.id));
}

/**
 * All that a batch leaves, in one statement: messages, log, heads, and the cursors of the senders. Each statement more
 * would be a round trip in which the heads stay locked.
 */
export function storeRows(
  session: Session,
  rows: readonly NewRow[],
  entries: readonly LoggedEntry[],
  heads: readonly Head[],
): void {
  const files = attachingFiles(rows);
  const mentions = notingMentions(rows);
  session.send(
    `store_rows${files ? '_with_files' : ''}${mentions ? '_with_mentions' : ''}`,
    sql`
    with stored as (${insertingMessages(rows, mentions !== undefined)}), ${files ?? sql``} ${mentions ?? sql``}
      logged as (${insertingEntries(entries)}), moved as (${savingHeads(heads)})
    ${movingSenderCursors(rows)}`,
  );
}

function insertingMessages(rows: readonly NewRow[], hasMentions: boolean): RawBuilder<unknown> {
  const of = <T>(read: (command: SendCommand) => T): T[] => rows.map((row) => read(row.command));
  const column = hasMentions ? sql`, mentions` : sql``;
  const mentions = hasMentions
    ? sql`, ${of((c) => (c.mentions === undefined ? null : JSON.stringify(c.mentions)))}::jsonb[]`
    : sql``;
  const plain = (read: (row: NewRow) => Parameters<typeof plainArray>[0][number]) => plainArray(rows.map(read));
  return sql`
    insert into messages
      (chat_id, id, sequence, message_count, sender_id, client_message_id, type, content, media, reply_to_id, is_silent, forwarded_from, sent_at${column})
    select chat_id, id, sequence, message_count, sender_id, client_message_id, type, content, media, reply_to_id, is_silent, forwarded_from, sent_at${column}
    from unnest(
      ${plain((row) => row.command.chatId)}::uuid[], ${plain((row) => row.command.id)}::uuid[],
      ${plain((row) => row.sequence)}::bigint[], ${plain((row) => row.messageCount)}::bigint[],
      ${plain((row) => row.command.senderId)}::uuid[], ${of((c) => c.clientMessageId ?? null)}::text[], ${plain((row) => row.command.type ?? 'text')}::text[],
      ${of((c) => c.content)}::text[], ${of((c) => (c.media === undefined ? null : JSON.stringify(c.media)))}::jsonb[],
      ${plain((row) => row.command.replyToId)}::uuid[], ${plain((row) => row.command.isSilent === true)}::boolean[],
      ${of((c) => (c.forwardedFrom === undefined ? null : JSON.stringify(c.forwardedFrom)))}::jsonb[],
      ${plain((row) => row.sentAt)}::timestamptz[]${mentions}
    ) as n (chat_id, id, sequence, message_count, sender_id, client_message_id, type, content, media, reply_to_id, is_silent, forwarded_from, sent_at${column})`;
}

/** A part of the statement only where there are files: most batches have none. */
function attachingFiles(rows: readonly NewRow[]): RawBuilder<unknown> | undefined {
  const files = rows.flatMap(({ command: { chatId, id, media } }) =>
    (media?.fileIds ?? []).map((fileId, place) => ({ chatId, id, place, fileId })),
  );
  if (files.length === 0) return undefined;
  return sql`
    attached as (
      insert into message_files (chat_id, message_id, place, file_id)
      select * from unnest(
        ${files.map((file) => file.chatId)}::uuid[], ${files.map((file) => file.id)}::uuid[],
        ${files.map((file) => file.place)}::smallint[], ${files.map((file) => file.fileId)}::uuid[])
    ),`;
}

/** The same for mentions. */
function notingMentions(rows: readonly NewRow[]): RawBuilder<unknown> | undefined {
  const mentioning = rows.flatMap(({ command: { chatId, mentions }, sequence }) =>
    mentions === undefined ? [] : [{ chatId, sequence, mentions }],
  );
  return mentioning.length === 0 ? undefined : sql`mentioned as (${insertingMentions(mentioning)}),`;
}

/** Who writes has read: the sender's cursor moves to their own message. Rows are updated in key order. */
function movingSenderCursors(rows: readonly NewRow[]): RawBuilder<unknown> {
  const last = new Map<string, NewRow>();
  for (const row of rows) last.set(`${row.command.chatId} ${row.command.userId}`, row);
  const moved = [...last.values()];
  const plain = (read: (row: NewRow) => Parameters<typeof plainArray>[0][number]) => plainArray(moved.map(read));
  return sql`
    insert into read_cursors (chat_id, user_id, sequence, message_count, read_at)
    select chat_id, user_id, sequence, message_count, sent_at
    from unnest(
      ${plain((row) => row.command.chatId)}::uuid[], ${plain((row) => row.command.userId)}::uuid[],
      ${plain((row) => row.sequence)}::bigint[], ${plain((row) => row.messageCount)}::bigint[],
      ${plain((row) => row.sentAt)}::timestamptz[]
    ) as n (chat_id, user_id, sequence, message_count, sent_at)
    order by chat_id, user_id
    on conflict (chat_id, user_id) do update
      set sequence = excluded.sequence, message_count = excluded.message_count, read_at = excluded.read_at
      where read_cursors.sequence < excluded.sequence`;
}
