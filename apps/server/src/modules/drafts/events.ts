import { topicId } from '@parley/contract';
import type { Renderers, Told } from '../../log/render.ts';
import { readDrafts } from './store.ts';

export const draftEvents = {
  /** As it is now: what was written meanwhile is not told, least of all what was taken back. */
  'draft.updated': async (db, entries) => {
    const wanted = entries.map((entry) => ({ chatId: entry.facts.chatId as string, userId: topicId(entry.topic) }));
    const found = await readDrafts(db, wanted);
    return wanted.map(({ chatId, userId }): Told<'draft.updated'> => {
      const draft = found.get(`${chatId} ${userId}`);
      return { data: { chatId, ...(draft === undefined ? {} : { draft }) } };
    });
  },
} satisfies Partial<Renderers>;
