import { type HandlersOf, noContent, ok } from '../../http/handler.ts';
import type { Reading } from './service.ts';

export function readingRoutes(reading: Reading): HandlersOf<'chats.read' | 'chats.receipts'> {
  return {
    'chats.read': async ({ viewer, params, body }) => {
      await reading.read(viewer.userId, params.chatId, body.sequence);
      return noContent();
    },
    'chats.receipts': async ({ viewer, params }) => ok({ items: await reading.receipts(viewer.userId, params.chatId) }),
  };
}
