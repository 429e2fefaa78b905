import { createHash } from 'node:crypto';
import { messageIdSource, uuidV8 } from '@parley/contract';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Db } from '../../../../db/schema.ts';
import type { SendCommand } from '../../../../modules/messages/queue.ts';

/** One person in one chat. */
export interface Author {
  chatId: string;
  userId: string;
  participantId: string;
}

/** A chat of one person, with nothing in it. */
export async function buildAuthor(db: Db): Promise<Author> {
  const author = { chatId: uuidv7(), userId: uuidv7(), participantId: uuidv7() };
  const { chatId, userId, participantId } = author;
  const name = `u${userId.replaceAll('-', '')}`;
  await sql`
    insert into users (id, username, username_key, email, email_key, display_name, password_hash)
    values (${userId}, ${name}, ${name}, ${name}, ${name}, ${name}, '')`.execute(db);
  await sql`insert into chats (id, type, owner_id, member_count) values (${chatId}, 'group', ${userId}, 1)`.execute(db);
  await sql`
    insert into chat_members (chat_id, user_id, participant_id, role)
    values (${chatId}, ${userId}, ${participantId}, 'owner')`.execute(db);
  await sql`
    insert into topic_heads (owner_id, kind) values (${chatId}::uuid, 'chat'), (${userId}::uuid, 'user')`.execute(db);
  return author;
}

/** The command that a send with this key makes, as often as it is sent. */
export function buildSend(
  { chatId, userId, participantId }: Author,
  clientMessageId: string,
  content = clientMessageId,
): SendCommand {
  const source = messageIdSource(chatId, participantId, clientMessageId);
  const id = uuidV8(createHash('sha256').update(source).digest());
  return { id, chatId, senderId: participantId, userId, clientMessageId, content };
}

export interface History {
  contents: string[];
  sequences: number[];
  /** Offsets of the log of the chat. */
  offsets: number[];
}

/** What a chat holds, in order. */
export async function readHistory(db: Db, chatId: string): Promise<History> {
  const messages = await sql<{ content: string; sequence: number }>`
    select content, sequence from messages where chat_id = ${chatId}::uuid order by sequence`.execute(db);
  const log = await sql<{ log_offset: number }>`
    select log_offset from topic_log where owner_id = ${chatId}::uuid and kind = 'chat' order by log_offset`.execute(
    db,
  );
  return {
    contents: messages.rows.map((row) => row.content),
    sequences: messages.rows.map((row) => row.sequence),
    offsets: log.rows.map((row) => row.log_offset),
  };
}

/** Codes of the failures that a person was told of. */
export async function readFailures(db: Db, userId: string): Promise<{ id: string; code: string }[]> {
  const { rows } = await sql<{ facts: { id: string; code: string } }>`
    select facts from topic_log where owner_id = ${userId}::uuid and kind = 'user' and name = 'message.failed'`.execute(
    db,
  );
  return rows.map(({ facts }) => ({ id: facts.id, code: facts.code }));
}
