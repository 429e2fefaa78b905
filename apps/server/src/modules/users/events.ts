import { topicId } from '@parley/contract';
import type { Renderer } from '../../log/render.ts';
import { toMe } from './profile.ts';
import { findOwn } from './store.ts';

/** Renderers of this module's events. */
export const userEvents = {
  'user.updated': async (db, entries) => {
    const rows = await findOwn(db, [...new Set(entries.map((entry) => topicId(entry.topic)))]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return entries.map((entry) => {
      const row = byId.get(topicId(entry.topic));
      return row && { data: { user: toMe(row) } };
    });
  },
} satisfies { 'user.updated': Renderer<'user.updated'> };
