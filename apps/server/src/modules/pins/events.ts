import { type EventPayload, topicId } from '@parley/contract';
import type { Renderers, Told } from '../../log/render.ts';
import { messagesAsTold } from '../messages/events.ts';

/** A message that was deleted meanwhile is no longer told as held up. */
export const pinEvents = {
  'message.pinned': async (db, entries) => {
    const wanted = entries.map((entry) => ({
      chatId: topicId(entry.topic),
      messageId: entry.facts.messageId as string,
    }));
    const found = await messagesAsTold(db, wanted);
    return entries.map((entry, index): Told<'message.pinned'> | undefined => {
      const message = found.get(wanted[index]!.messageId);
      if (message === undefined || message.deletedAt !== undefined) return undefined;
      return { data: { ...wanted[index]!, pinnedBy: entry.facts.pinnedBy as string, message } };
    });
  },
  'message.unpinned': (_db, entries) =>
    entries.map((entry) => ({
      data: { ...entry.facts, chatId: topicId(entry.topic) } as EventPayload<'message.unpinned'>,
    })),
} satisfies Partial<Renderers>;
