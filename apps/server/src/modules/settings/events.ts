import { topicId } from '@parley/contract';
import type { Renderer } from '../../log/render.ts';
import { toSettings } from './defaults.ts';
import { readSettings } from './store.ts';

/** Renderers of this module's events. */
export const settingsEvents = {
  'settings.updated': async (db, entries) => {
    const rows = await readSettings(db, [...new Set(entries.map((entry) => topicId(entry.topic)))]);
    const byId = new Map(rows.map((row) => [row.id, row.settings]));
    return entries.map((entry) => {
      const stored = byId.get(topicId(entry.topic));
      return stored && { data: { settings: toSettings(stored) } };
    });
  },
} satisfies { 'settings.updated': Renderer<'settings.updated'> };
