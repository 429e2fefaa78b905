import { sql } from 'kysely';
import { binaryIntegers, plainArray } from '../../db/arrays.ts';
import type { Db, Trx } from '../../db/schema.ts';

export interface Indexable {
  chatId: string;
  messageId: string;
  sequence: number;
  senderId: string;
  /** As PostgreSQL writes it: it goes back as it came. */
  sentAt: string;
  content: string;
}

/** Chats whose log goes on after what was read of it, a page of them after `after`. */
export async function chatsBehind(
  db: Db,
  after: string,
  limit: number,
): Promise<{ chatIds: string[]; last: string | undefined }> {
  const { rows } = await sql<{ chat_id: string; is_behind: boolean }>`
    select h.owner_id as chat_id, h.last_offset > coalesce(p.log_offset, 0) as is_behind
    from topic_heads h left join search_positions p on p.chat_id = h.owner_id
    where h.owner_id > ${after}::uuid and h.kind = 'chat'
    order by h.owner_id limit ${limit}`.execute(db);
  return { chatIds: rows.filter((row) => row.is_behind).map((row) => row.chat_id), last: rows.at(-1)?.chat_id };
}

/** Takes what is free of these chats for this transaction: how far each was read. Another process has the others. */
export async function claimChats(trx: Trx, chatIds: readonly string[]): Promise<Map<string, number>> {
  const inOrder = [...chatIds].sort();
  await sql`
    insert into search_positions (chat_id, log_offset) select unnest(${inOrder}::uuid[]), 0 on conflict do nothing`.execute(
    trx,
  );
  const { rows } = await sql<{ chat_id: string; log_offset: number }>`
    select chat_id, log_offset from search_positions where chat_id = any(${inOrder}::uuid[]) for update skip locked`.execute(
    trx,
  );
  return new Map(rows.map((row) => [row.chat_id, row.log_offset]));
}

export interface LogPage {
  chatId: string;
  head: number;
  entries: { offset: number; name: string; messageId: string | null }[];
}

/** What follows in the log of each chat, at most `limit` entries of each. */
export async function readLogs(trx: Trx, positions: ReadonlyMap<string, number>, limit: number): Promise<LogPage[]> {
  const { rows } = await sql<{
    chat_id: string;
    head: number;
    offset: number | null;
    name: string;
    message_id: string | null;
  }>`
    select h.owner_id as chat_id, h.last_offset as head, l.log_offset as "offset", l.name, l.facts ->> 'messageId' as message_id
    from unnest(${[...positions.keys()]}::uuid[], ${[...positions.values()]}::bigint[]) as w (chat_id, log_offset)
    join topic_heads h on h.owner_id = w.chat_id and h.kind = 'chat'
    left join lateral (
      select log_offset, name, facts from topic_log
      where owner_id = h.owner_id and kind = h.kind and log_offset > w.log_offset
      order by log_offset limit ${limit}
    ) l on true`.execute(trx);
  const pages = new Map<string, LogPage>();
  for (const { chat_id: chatId, head, offset, name, message_id: messageId } of rows) {
    const page = pages.get(chatId) ?? { chatId, head, entries: [] };
    pages.set(chatId, page);
    if (offset !== null) page.entries.push({ offset, name, messageId });
  }
  for (const { entries } of pages.values()) entries.sort((one, other) => one.offset - other.offset);
  return [...pages.values()];
}

/** A message by its place. */
export interface MessageKey {
  chatId: string;
  messageId: string;
}

const indexable = sql`m.chat_id as "chatId", m.id as "messageId", m.sequence, m.sender_id as "senderId", m.sent_at::text as "sentAt", m.content`;

/** Lateral with a limit: each by its key, however long its chat is. */
export async function messagesToIndex(trx: Trx, wanted: readonly MessageKey[]): Promise<Indexable[]> {
  const { rows } = await sql<Indexable>`
    select ${indexable}
    from unnest(${plainArray(wanted.map((one) => one.chatId))}::uuid[], ${plainArray(wanted.map((one) => one.messageId))}::uuid[]) as w (chat_id, id)
    cross join lateral (select * from messages where chat_id = w.chat_id and id = w.id limit 1) m
    where m.type <> 'system' and m.deleted_at is null
    order by m.sent_at, m.chat_id, m.sequence`.execute(trx);
  return rows;
}

export async function messagesFrom(trx: Trx, chatId: string, sequence: number, limit: number): Promise<Indexable[]> {
  const { rows } = await sql<Indexable>`
    select ${indexable} from messages m
    where m.chat_id = ${chatId}::uuid and m.sequence > ${sequence} and m.type <> 'system' and m.deleted_at is null
    order by m.sequence limit ${limit}`.execute(trx);
  return rows;
}

/** Ids for new entries, in order; they decide the segment, so they are known before the hashes are made. */
export async function takeEntryIds(trx: Trx, count: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select nextval('search_entries_entry_id_seq') as id from generate_series(1, ${count})`.execute(trx);
  return rows.map((row) => row.id);
}

export async function removeEntries(trx: Trx, gone: readonly MessageKey[]): Promise<void> {
  await sql`
    delete from search_entries e
    using unnest(${gone.map((one) => one.chatId)}::uuid[], ${gone.map((one) => one.messageId)}::uuid[]) as w (chat_id, id)
    cross join lateral (select sequence from messages where chat_id = w.chat_id and id = w.id limit 1) m
    where e.chat_id = w.chat_id and e.sequence = m.sequence`.execute(trx);
}

export async function clearChat(trx: Trx, chatId: string): Promise<void> {
  await sql`delete from search_entries where chat_id = ${chatId}::uuid`.execute(trx);
}

export interface NewEntry extends Indexable {
  entryId: number;
  body: string;
  tokens: number[];
}

/** All tokens go as one array in the binary format, and each entry takes its part: forty numbers a message are dear as text. */
export async function insertEntries(trx: Trx, entries: readonly NewEntry[]): Promise<void> {
  const ends: number[] = [];
  for (const { tokens } of entries) ends.push((ends.at(-1) ?? 0) + tokens.length);
  const of = (read: (entry: NewEntry) => string | number): string => plainArray(entries.map(read));
  await sql`
    insert into search_entries (entry_id, chat_id, message_id, sequence, sender_id, sent_at, body, tokens)
    overriding system value
    select entry_id, chat_id, message_id, sequence, sender_id, sent_at, body, (${binaryIntegers(entries.map((entry) => entry.tokens))}::integer[])[start:stop]
    from unnest(
      ${of((entry) => entry.entryId)}::bigint[], ${of((entry) => entry.chatId)}::uuid[],
      ${of((entry) => entry.messageId)}::uuid[], ${of((entry) => entry.sequence)}::bigint[],
      ${of((entry) => entry.senderId)}::uuid[], ${entries.map((entry) => entry.sentAt)}::timestamptz[],
      ${entries.map((entry) => entry.body)}::text[],
      ${plainArray(ends.map((end, index) => end - entries[index]!.tokens.length + 1))}::integer[], ${plainArray(ends)}::integer[]
    ) as n (entry_id, chat_id, message_id, sequence, sender_id, sent_at, body, start, stop)
    on conflict (chat_id, sequence) do nothing`.execute(trx);
}

export async function setPositions(trx: Trx, positions: ReadonlyMap<string, number>): Promise<void> {
  await sql`
    update search_positions p set log_offset = n.log_offset
    from unnest(${[...positions.keys()]}::uuid[], ${[...positions.values()]}::bigint[]) as n (chat_id, log_offset)
    where p.chat_id = n.chat_id`.execute(trx);
}

export async function newestEntry(db: Db): Promise<number> {
  const { rows } = await sql<{ id: number | null }>`select max(entry_id) as id from search_entries`.execute(db);
  return rows[0]?.id ?? 0;
}

export interface Filter {
  chatIds: readonly string[];
  viewer: string;
  /** Words that must be in the text; LIKE patterns, escaped. */
  patterns: readonly string[];
  beforeEntry?: number | undefined;
  senderId?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

export interface Found {
  entryId: number;
  chatId: string;
  messageId: string;
}

const conditions = (filter: Filter) => sql`
  e.chat_id = any(${filter.chatIds}::uuid[])
  and e.body like all(${filter.patterns}::text[])
  ${filter.beforeEntry === undefined ? sql`` : sql`and e.entry_id < ${filter.beforeEntry}`}
  ${filter.senderId === undefined ? sql`` : sql`and e.sender_id = ${filter.senderId}::uuid`}
  ${filter.since === undefined ? sql`` : sql`and e.sent_at >= ${filter.since}::timestamptz`}
  ${filter.until === undefined ? sql`` : sql`and e.sent_at < ${filter.until}::timestamptz`}
  and not exists (
    select 1 from hidden_messages hm where hm.chat_id = e.chat_id and hm.user_id = ${filter.viewer}::uuid and hm.message_id = e.message_id
  )`;

/** Newest first, by the index of parts, in the given segments only. */
export async function findInSegments(
  db: Db,
  filter: Filter,
  hashes: readonly number[][],
  limit: number,
): Promise<Found[]> {
  const anyOf = sql.join(
    hashes.map((tokens) => sql`e.tokens @> ${`{${tokens.join(',')}}`}::integer[]`),
    sql` or `,
  );
  const { rows } = await sql<Found>`
    select e.entry_id as "entryId", e.chat_id as "chatId", e.message_id as "messageId"
    from search_entries e where (${anyOf}) and ${conditions(filter)}
    order by e.entry_id desc limit ${limit}`.execute(db);
  return rows;
}

/** Newest first, by reading the chats themselves: for those with few messages. */
export async function findInChats(db: Db, filter: Filter, limit: number): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select e.entry_id as "entryId", e.chat_id as "chatId", e.message_id as "messageId"
    from search_entries e where ${conditions(filter)}
    order by e.entry_id desc limit ${limit}`.execute(db);
  return rows;
}

/** How many messages the chats have together, as their heads count them. */
export async function messageCount(db: Db, chatIds: readonly string[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select coalesce(sum(message_count), 0)::bigint as count from topic_heads
    where owner_id = any(${chatIds}::uuid[]) and kind = 'chat'`.execute(db);
  return rows[0]?.count ?? 0;
}
