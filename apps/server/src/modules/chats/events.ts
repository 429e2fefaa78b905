import { chatTopic, type EventPayload, topicId } from '@parley/contract';
import type { Renderers, Told } from '../../log/render.ts';
import { toFacts } from './rows.ts';
import { factsOf } from './store.ts';
import { loadChats, type PresenceOf } from './views.ts';

export function chatEvents(options: { epoch(): string; presenceOf: PresenceOf }) {
  return {
    /** On one's own topic: the chat as one sees it now, or nothing when one is out of it again. */
    'chat.created': (db, entries) =>
      Promise.all(
        entries.map(async (entry): Promise<Told<'chat.created'> | undefined> => {
          const chatId = entry.facts.chatId as string;
          const { chats } = await loadChats({ db, ...options }, topicId(entry.topic), { chatIds: [chatId] });
          const chat = chats[0];
          if (chat === undefined) return undefined;
          const topic = chatTopic(chatId);
          return { data: { chat }, grant: [topic], grantFrom: { [topic]: chat.position } };
        }),
      ),

    'chat.updated': async (db, entries) => {
      const facts = await factsOf(db, [...new Set(entries.map((entry) => topicId(entry.topic)))]);
      return entries.map((entry): Told<'chat.updated'> | undefined => {
        const chatId = topicId(entry.topic);
        const row = facts.get(chatId);
        const recheck = entry.facts.isNoLongerPublic === true ? { recheck: true } : {};
        return row && { data: { chatId, chat: toFacts(row) }, ...recheck };
      });
    },

    'chat.deleted': (_db, entries) =>
      entries.map((entry): Told<'chat.deleted'> => ({ data: { chatId: topicId(entry.topic) } })),

    'chat.flags_updated': (_db, entries) =>
      entries.map((entry) => ({ data: entry.facts as EventPayload<'chat.flags_updated'> })),
  } satisfies Partial<Renderers>;
}
