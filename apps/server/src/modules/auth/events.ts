import type { Renderer } from '../../log/render.ts';

/** Renderers of this module's events. */
export const sessionEvents = {
  'session.ended': (_db, entries) =>
    entries.map(({ facts }) => {
      const sessionId = String(facts.sessionId);
      return { data: { sessionId }, endSession: sessionId };
    }),
} satisfies { 'session.ended': Renderer<'session.ended'> };
