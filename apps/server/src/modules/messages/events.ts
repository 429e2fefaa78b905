import { type EventPayload, type Message, topicId } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import type { LoggedEntry } from '../../log/append.ts';
import { asLogged, type Renderers, type Told } from '../../log/render.ts';
import { type MessageRow, toMessage } from './row.ts';
import { messagesById } from './store.ts';

/** What everyone is told of a message, and what its sender's own connections are told. */
export function tellMessage(row: MessageRow): Told<'message.new'> {
  const chatId = row.chat_id;
  const data = { chatId, message: toMessage(row, false) };
  return row.client_message_id === null ? { data } : { data, ownData: { chatId, message: toMessage(row, true) } };
}

async function renderMessages(db: Db, entries: readonly LoggedEntry[]): Promise<(Told<'message.new'> | undefined)[]> {
  const wanted = entries.map((entry) => ({ chatId: topicId(entry.topic), messageId: entry.facts.messageId as string }));
  const rows = new Map((await messagesById(db, undefined, wanted)).map((row) => [row.id, row]));
  return wanted.map(({ messageId }) => {
    const row = rows.get(messageId);
    return row && tellMessage(row);
  });
}

/** By id, as everyone is told of them. */
export async function messagesAsTold(
  db: Db,
  wanted: readonly { chatId: string; messageId: string }[],
): Promise<Map<string, Message>> {
  return new Map((await messagesById(db, undefined, wanted)).map((row) => [row.id, toMessage(row, false)]));
}

export const messageEvents = {
  'message.new': renderMessages,
  'message.updated': renderMessages,
  'message.deleted': (_db, entries) =>
    entries.map((entry) => ({
      data: { ...entry.facts, chatId: topicId(entry.topic), forEveryone: true } as EventPayload<'message.deleted'>,
    })),
  'message.hidden': asLogged,
  'message.failed': asLogged,
} satisfies Partial<Renderers>;
