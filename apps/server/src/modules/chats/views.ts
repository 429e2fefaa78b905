import type { Chat, Presence } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import { participants } from '../members/participants.ts';
import { idsIn } from '../messages/page.ts';
import { type ChatRow, lastMessageOf, toChat, toPeer } from './rows.ts';
import { chatsOfViewer } from './store.ts';

export type PresenceOf = (viewer: string, userIds: readonly string[]) => Promise<ReadonlyMap<string, Presence>>;

interface View {
  db: Db;
  epoch(): string;
  presenceOf: PresenceOf;
}

/** Chats as one member sees them, with the people a list needs to name. */
export async function loadChats(view: View, viewer: string, selection: Parameters<typeof chatsOfViewer>[2]) {
  const rows = await chatsOfViewer(view.db, viewer, selection);
  const people = await participants(view.db, viewer, rows.flatMap(mentioned));
  const presence = await view.presenceOf(
    viewer,
    rows.flatMap((row) => row.peer_id ?? []),
  );
  return { rows, chats: rows.map((row) => assemble(row, view.epoch(), people, presence)) };
}

function mentioned(row: ChatRow): { chatId: string; participantId: string }[] {
  const last = lastMessageOf(row);
  return last ? [...new Set(idsIn(last))].map((participantId) => ({ chatId: row.id, participantId })) : [];
}

function assemble(
  row: ChatRow,
  epoch: string,
  people: Awaited<ReturnType<typeof participants>>,
  presence: ReadonlyMap<string, Presence>,
): Chat {
  const peer = toPeer(row);
  const known = peer && presence.get(peer.id);
  return {
    ...toChat(row, epoch),
    ...(peer ? { peer: { ...peer, ...(known ? { presence: known } : {}) } } : {}),
    participants: mentioned(row).flatMap((one) => people.get(`${one.chatId} ${one.participantId}`) ?? []),
  };
}
