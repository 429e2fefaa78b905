import type { EventPayload } from '@parley/contract';
import { topicId } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import type { LoggedEntry } from '../../log/append.ts';
import type { Renderers, Told } from '../../log/render.ts';
import { countsFor } from './request-store.ts';

interface Facts {
  chatId: string;
  requesterId: string;
  outcome: 'approved' | 'refused';
}

const factsOf = (entry: LoggedEntry): Facts => entry.facts as unknown as Facts;

/** How many wait now, as the person of each entry's topic may know: undefined for who is no admin any more. */
async function counts(db: Db, entries: readonly LoggedEntry[]): Promise<(number | undefined)[]> {
  const wanted = entries.map((entry) => ({ chatId: factsOf(entry).chatId, userId: topicId(entry.topic) }));
  const found = await countsFor(db, wanted);
  return wanted.map(({ chatId, userId }) => found.get(`${chatId} ${userId}`));
}

export const inviteEvents = {
  'chat.join_requested': async (db, entries) => {
    const waiting = await counts(db, entries);
    return entries.map((entry, index): Told<'chat.join_requested'> | undefined => {
      const { chatId, requesterId } = factsOf(entry);
      const joinRequestCount = waiting[index];
      return joinRequestCount === undefined ? undefined : { data: { chatId, requesterId, joinRequestCount } };
    });
  },

  'chat.join_resolved': async (db, entries) => {
    const waiting = await counts(db, entries);
    return entries.map((entry, index): Told<'chat.join_resolved'> | undefined => {
      const { chatId, requesterId, outcome } = factsOf(entry);
      const joinRequestCount = waiting[index];
      const data: EventPayload<'chat.join_resolved'> = { chatId, requesterId, outcome };
      if (joinRequestCount !== undefined) return { data: { ...data, joinRequestCount } };
      return topicId(entry.topic) === requesterId ? { data } : undefined;
    });
  },
} satisfies Partial<Renderers>;
