import { type HandlersOf, noContent } from '../../http/handler.ts';
import type { Drafts } from './service.ts';

export function draftRoutes(drafts: Drafts): HandlersOf<'drafts.save'> {
  return {
    'drafts.save': async ({ viewer, params, body }) => {
      await drafts.save(viewer.userId, params.chatId, body);
      return noContent();
    },
  };
}
