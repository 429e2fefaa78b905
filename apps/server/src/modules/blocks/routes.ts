import { type HandlersOf, noContent, ok } from '../../http/handler.ts';
import type { Blocks } from './service.ts';

export function blockRoutes(blocks: Blocks): HandlersOf<'blocks.list' | 'blocks.add' | 'blocks.remove'> {
  return {
    'blocks.list': async ({ viewer }) => ok({ items: await blocks.list(viewer.userId) }),
    'blocks.add': async ({ viewer, params }) => {
      await blocks.add(viewer.userId, params.userId);
      return noContent();
    },
    'blocks.remove': async ({ viewer, params }) => {
      await blocks.remove(viewer.userId, params.userId);
      return noContent();
    },
  };
}
