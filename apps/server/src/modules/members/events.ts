import type { EventPayload } from '@parley/contract';
import { topicId } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import type { LoggedEntry } from '../../log/append.ts';
import type { Renderers, Told } from '../../log/render.ts';
import { participants } from './participants.ts';

interface Joined {
  userId: string;
}
interface Left {
  userId: string;
  reason: 'left' | 'removed';
  revoke: string;
}

async function memberCounts(db: Db, entries: readonly LoggedEntry[]): Promise<Map<string, number>> {
  const ids = [...new Set(entries.map((entry) => topicId(entry.topic)))];
  const rows = await db.selectFrom('chats').select(['id', 'member_count']).where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, row.member_count]));
}

/** The participant each entry names, as an ordinary member sees them now. */
function lookUp(db: Db, entries: readonly LoggedEntry[], idOf: (entry: LoggedEntry) => string) {
  return participants(
    db,
    undefined,
    entries.map((entry) => ({ chatId: topicId(entry.topic), participantId: idOf(entry) })),
  );
}

export const memberEvents = {
  'chat.member_joined': async (db, entries) => {
    const found = await lookUp(db, entries, (entry) => (entry.facts as unknown as Joined).userId);
    const counts = await memberCounts(db, entries);
    return entries.map((entry): Told<'chat.member_joined'> | undefined => {
      const chatId = topicId(entry.topic);
      const { userId } = entry.facts as unknown as Joined;
      const participant = found.get(`${chatId} ${userId}`);
      return participant && { data: { chatId, userId, participant, memberCount: counts.get(chatId) ?? 0 } };
    });
  },

  'chat.member_left': async (db, entries) => {
    const counts = await memberCounts(db, entries);
    return entries.map((entry): Told<'chat.member_left'> => {
      const chatId = topicId(entry.topic);
      const { userId, reason, revoke } = entry.facts as unknown as Left;
      const data: EventPayload<'chat.member_left'> = { chatId, userId, reason, memberCount: counts.get(chatId) ?? 0 };
      return { data, revoke: [revoke] };
    });
  },

  'chat.participant_updated': async (db, entries) => {
    const found = await lookUp(db, entries, (entry) => entry.facts.participantId as string);
    return entries.map((entry): Told<'chat.participant_updated'> | undefined => {
      const chatId = topicId(entry.topic);
      const participant = found.get(`${chatId} ${entry.facts.participantId}`);
      return participant && { data: { chatId, participant } };
    });
  },

  'chat.left': (_db, entries) => entries.map((entry) => ({ data: entry.facts as EventPayload<'chat.left'> })),
} satisfies Partial<Renderers>;
