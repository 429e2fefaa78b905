import { type EventPayload, topicId } from '@parley/contract';
import type { Renderer, Renderers } from '../../log/render.ts';
import { countsOf } from './store.ts';

type Name = 'reaction.added' | 'reaction.removed';
type Facts = Pick<EventPayload<Name>, 'messageId' | 'userId' | 'emoji'>;

/** With all that is left on the message now: who missed some of it is right again with any of it. */
const renderAs =
  <N extends Name>(action: EventPayload<N>['action']): Renderer<N> =>
  async (db, entries) => {
    const wanted = entries.map((entry) => ({ ...(entry.facts as unknown as Facts), chatId: topicId(entry.topic) }));
    const counts = await countsOf(db, wanted);
    return wanted.map((facts) => ({
      data: { ...facts, action, counts: counts.get(facts.messageId) ?? [] } as EventPayload<N>,
    }));
  };

export const reactionEvents = {
  'reaction.added': renderAs<'reaction.added'>('added'),
  'reaction.removed': renderAs<'reaction.removed'>('removed'),
} satisfies Partial<Renderers>;
