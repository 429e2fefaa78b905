import type { MessageHit } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import { participants } from '../members/participants.ts';
import { toMessage } from './row.ts';
import { messagesById } from './store.ts';

/** Messages that were found, in the order given, with their senders; those that are gone meanwhile are left out. */
export async function loadHits(
  db: Db,
  viewer: string,
  wanted: readonly { chatId: string; messageId: string }[],
): Promise<MessageHit[]> {
  if (wanted.length === 0) return [];
  const rows = new Map((await messagesById(db, viewer, wanted)).map((row) => [row.id, row]));
  const present = wanted.flatMap(({ messageId }) => {
    const row = rows.get(messageId);
    return row === undefined || row.deleted_at !== null ? [] : [row];
  });
  const people = await participants(
    db,
    viewer,
    present.map((row) => ({ chatId: row.chat_id, participantId: row.sender_id })),
  );
  return present.map((row) => {
    const sender = people.get(`${row.chat_id} ${row.sender_id}`);
    const isOwn = sender?.userId === viewer;
    return { message: toMessage(row, isOwn), ...(sender ? { sender } : {}) };
  });
}
