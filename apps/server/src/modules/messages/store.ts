import type { ServiceAction } from '@parley/contract';
import { type SqlBool, sql } from 'kysely';
import type { Db, Trx } from '../../db/schema.ts';
import { attachmentsOf } from './media.ts';
import { insertingMentions, removeMentions } from './mentions.ts';
import type { MessageRow } from './row.ts';

/** `viewer`: whose hidden messages read as deleted; none for what everyone is told. */
const messageColumns = (viewer: string | undefined) => sql`
  m.chat_id, m.id, m.sequence, m.sender_id, m.client_message_id, m.type, m.content, m.media,
  ${attachmentsOf(sql`m`)} as attachments, m.service, m.forwarded_from, m.mentions, m.is_silent, m.sent_at, m.edited_at,
  ${viewer === undefined ? sql`m.deleted_at` : sql`coalesce(m.deleted_at, hidden.hidden_at) as deleted_at`},
  m.reply_to_id, r.sender_id as reply_sender_id, r.type as reply_type, r.sequence as reply_sequence,
  ${viewer === undefined ? sql`left(r.content, 120)` : sql`case when reply_hidden.message_id is null then left(r.content, 120) else '' end`} as reply_content`;

const messageJoins = (viewer: string | undefined) => sql`
  left join messages r on r.chat_id = m.chat_id and r.id = m.reply_to_id
  ${
    viewer === undefined
      ? sql``
      : sql`
  left join hidden_messages hidden on hidden.chat_id = m.chat_id and hidden.user_id = ${viewer}::uuid and hidden.message_id = m.id
  left join hidden_messages reply_hidden
    on reply_hidden.chat_id = m.chat_id and reply_hidden.user_id = ${viewer}::uuid and reply_hidden.message_id = m.reply_to_id`
  }`;

type Direction = 'ascending' | 'descending';

/** Messages of a chat on one side of a sequence, nearest first. */
export async function messagesFrom(
  db: Db,
  viewer: string,
  chatId: string,
  range: { from: number; direction: Direction; limit: number },
): Promise<MessageRow[]> {
  const bound =
    range.direction === 'ascending'
      ? sql<SqlBool>`m.sequence >= ${range.from}`
      : sql<SqlBool>`m.sequence <= ${range.from}`;
  const order = range.direction === 'ascending' ? sql`asc` : sql`desc`;
  const { rows } = await sql<MessageRow>`
    select ${messageColumns(viewer)}
    from (select * from messages m where m.chat_id = ${chatId}::uuid and ${bound} order by m.sequence ${order} limit ${range.limit}) m
    ${messageJoins(viewer)}
    order by m.sequence ${order}`.execute(db);
  return rows;
}

/** By id, in no order. Lateral with a limit: by key, never by reading the table, whatever its statistics say. */
export async function messagesById(
  db: Db,
  viewer: string | undefined,
  wanted: readonly { chatId: string; messageId: string }[],
): Promise<MessageRow[]> {
  const { rows } = await sql<MessageRow>`
    select ${messageColumns(viewer)}
    from unnest(${wanted.map((one) => one.chatId)}::uuid[], ${wanted.map((one) => one.messageId)}::uuid[]) as w (chat_id, id)
    cross join lateral (select * from messages where chat_id = w.chat_id and id = w.id limit 1) m
    ${messageJoins(viewer)}`.execute(db);
  return rows;
}

export interface StoredMessage {
  id: string;
  sequence: number;
  senderId: string;
  type: MessageRow['type'];
  content: string;
  sentAt: Date;
  deletedAt: Date | null;
  isForwarded: boolean;
  mentions: readonly string[] | null;
}

/** For a write: the row is locked. */
export function lockMessage(trx: Trx, chatId: string, messageId: string): Promise<StoredMessage | undefined> {
  return trx
    .selectFrom('messages')
    .select([
      'id',
      'sequence',
      'sender_id as senderId',
      'type',
      'content',
      'sent_at as sentAt',
      'deleted_at as deletedAt',
      'mentions',
    ])
    .select(sql<boolean>`forwarded_from is not null`.as('isForwarded'))
    .where('chat_id', '=', chatId)
    .where('id', '=', messageId)
    .forUpdate()
    .executeTakeFirst();
}

export async function setContent(
  trx: Trx,
  chatId: string,
  message: StoredMessage,
  { content, mentions }: { content: string; mentions?: readonly string[] },
  now: Date,
): Promise<void> {
  await sql`
    insert into message_versions (chat_id, message_id, version, content, written_at)
    select ${chatId}::uuid, m.id, (select count(*) from message_versions v where v.chat_id = m.chat_id and v.message_id = m.id),
           m.content, coalesce(m.edited_at, m.sent_at)
    from messages m where m.chat_id = ${chatId}::uuid and m.id = ${message.id}::uuid`.execute(trx);
  await trx
    .updateTable('messages')
    .set({ content, edited_at: now, mentions: mentions === undefined ? null : JSON.stringify(mentions) })
    .where('chat_id', '=', chatId)
    .where('id', '=', message.id)
    .execute();
  await letGoOfMentions(trx, chatId, message);
  if (mentions) await insertingMentions([{ chatId, sequence: message.sequence, mentions }]).execute(trx);
}

async function letGoOfMentions(trx: Trx, chatId: string, { sequence, mentions }: StoredMessage): Promise<void> {
  if (mentions !== null) await removeMentions(trx, { chatId, sequence, mentions });
}

/** The words go, also those of earlier versions; the place, the id and the idempotency key stay. */
export async function eraseMessage(trx: Trx, chatId: string, message: StoredMessage, now: Date): Promise<void> {
  const { id: messageId } = message;
  await trx
    .updateTable('messages')
    .set({ content: '', media: null, forwarded_from: null, mentions: null, edited_at: null, deleted_at: now })
    .where('chat_id', '=', chatId)
    .where('id', '=', messageId)
    .execute();
  await trx.deleteFrom('message_versions').where('chat_id', '=', chatId).where('message_id', '=', messageId).execute();
  await letGoOfFiles(trx, chatId, messageId, now);
  await letGoOfMentions(trx, chatId, message);
}

/** Its files may be in other messages; those that are in none are removed later. */
async function letGoOfFiles(trx: Trx, chatId: string, messageId: string, now: Date): Promise<void> {
  await sql`
    with gone as (
      delete from message_files where chat_id = ${chatId}::uuid and message_id = ${messageId}::uuid returning file_id)
    update files set unused_since = ${now} where id in (select file_id from gone)`.execute(trx);
}

/** True when it was not hidden before. */
export async function hideMessage(
  trx: Trx,
  chatId: string,
  userId: string,
  messageId: string,
  now: Date,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('hidden_messages')
    .values({ chat_id: chatId, user_id: userId, message_id: messageId, hidden_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function versionsOf(db: Db, chatId: string, messageId: string): Promise<{ content: string; at: Date }[]> {
  return db
    .selectFrom('message_versions')
    .select(['content', 'written_at as at'])
    .where('chat_id', '=', chatId)
    .where('message_id', '=', messageId)
    .orderBy('version')
    .execute();
}

export async function insertServiceMessage(
  trx: Trx,
  message: {
    id: string;
    chatId: string;
    sequence: number;
    messageCount: number;
    senderId: string;
    service: ServiceAction;
  },
): Promise<void> {
  await trx
    .insertInto('messages')
    .values({
      chat_id: message.chatId,
      id: message.id,
      sequence: message.sequence,
      message_count: message.messageCount,
      sender_id: message.senderId,
      client_message_id: null,
      type: 'system',
      content: '',
      reply_to_id: null,
      service: JSON.stringify(message.service),
      sent_at: new Date(),
    })
    .execute();
}
