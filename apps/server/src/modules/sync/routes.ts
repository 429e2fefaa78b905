import { type HandlersOf, ok } from '../../http/handler.ts';
import type { Sync } from './service.ts';

export function syncRoutes(sync: Sync): HandlersOf<'sync'> {
  return { sync: async ({ viewer, body }) => ok(await sync.since(viewer.userId, body)) };
}
