import { type HandlersOf, noContent, ok } from '../../http/handler.ts';
import type { Scheduled } from './service.ts';

export function scheduledRoutes(
  scheduled: Scheduled,
): HandlersOf<'scheduled.list' | 'scheduled.change' | 'scheduled.cancel'> {
  return {
    'scheduled.list': async ({ viewer, params }) => ok({ items: await scheduled.list(viewer.userId, params.chatId) }),
    'scheduled.change': async ({ viewer, params, body }) =>
      ok(await scheduled.change(viewer.userId, params.chatId, params.messageId, body)),
    'scheduled.cancel': async ({ viewer, params }) => {
      await scheduled.cancel(viewer.userId, params.chatId, params.messageId);
      return noContent();
    },
  };
}
