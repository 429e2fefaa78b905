import type { PageQuery } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import type { MessageRow } from './row.ts';
import { messagesFrom } from './store.ts';

const defaultLimit = 50;

/** The newest page, or the one before, after or around a sequence; oldest to newest. Costs the same at any depth. */
export async function readPage(db: Db, viewer: string, chatId: string, query: PageQuery): Promise<MessageRow[]> {
  const limit = query.limit ?? defaultLimit;
  const before = (from: number, count: number) =>
    messagesFrom(db, viewer, chatId, { from, direction: 'descending', limit: count }).then((rows) => rows.reverse());
  const after = (from: number, count: number) =>
    messagesFrom(db, viewer, chatId, { from, direction: 'ascending', limit: count });

  if (query.around !== undefined) {
    const older = Math.floor(limit / 2);
    return [...(await before(query.around - 1, older)), ...(await after(query.around, limit - older))];
  }
  if (query.after !== undefined) return after(query.after + 1, limit);
  return before(query.before === undefined ? Number.MAX_SAFE_INTEGER : query.before - 1, limit);
}

/** Every participant id in a message. */
export function idsIn(row: MessageRow): string[] {
  const { sender_id, reply_sender_id, service, mentions } = row;
  return [sender_id, reply_sender_id, service?.actorId, service?.targetId, ...(mentions ?? [])].filter(
    (id) => id != null,
  );
}
