import { type HandlersOf, ok } from '../../http/handler.ts';
import type { Settings } from './service.ts';

export function settingsRoutes(settings: Settings): HandlersOf<'settings.get' | 'settings.update'> {
  return {
    'settings.get': async ({ viewer }) => ok(await settings.get(viewer.userId)),
    'settings.update': async ({ viewer, body }) => ok(await settings.update(viewer.userId, body)),
  };
}
