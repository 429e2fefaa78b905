import { type HandlersOf, ok } from '../../http/handler.ts';
import type { Search } from './service.ts';

export function searchRoutes(search: Search): HandlersOf<'search' | 'messages.search'> {
  return {
    search: async ({ viewer, query }) => ok(await search.messages(viewer.userId, query)),
    'messages.search': async ({ viewer, params, query }) =>
      ok(await search.messages(viewer.userId, { ...query, chatId: params.chatId })),
  };
}
