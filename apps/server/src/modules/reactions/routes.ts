import { type HandlersOf, ok } from '../../http/handler.ts';
import type { Reactions } from './service.ts';

export function reactionRoutes(reactions: Reactions): HandlersOf<'reactions.toggle' | 'reactions.list'> {
  return {
    'reactions.toggle': async ({ viewer, params, body }) =>
      ok(await reactions.react(viewer.userId, params.chatId, params.messageId, body)),
    'reactions.list': async ({ viewer, params, query }) => {
      const messageIds = query.messageIds.toLowerCase().split(',');
      return ok(await reactions.list(viewer.userId, params.chatId, messageIds));
    },
  };
}
