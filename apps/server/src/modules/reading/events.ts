import { type EventPayload, topicId } from '@parley/contract';
import { asLogged, type Renderers } from '../../log/render.ts';
import { hidersOf } from './store.ts';

export const readingEvents = {
  'chat.read': asLogged,
  /** Receipts are reciprocal: who hides theirs is not told of others'. */
  'receipt.updated': async (db, entries) => {
    const hiders = await hidersOf(db, [...new Set(entries.map((entry) => topicId(entry.topic)))]);
    return entries.map((entry) => {
      const chatId = topicId(entry.topic);
      const data = { ...entry.facts, chatId } as EventPayload<'receipt.updated'>;
      const hiddenFrom = hiders.get(chatId);
      return hiddenFrom === undefined ? { data } : { data, hiddenFrom };
    });
  },
} satisfies Partial<Renderers>;
