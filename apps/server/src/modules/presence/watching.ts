import type { Hub, Subscriber } from '@parley/realtime';
import { presenceTopic } from './privacy.ts';
import type { PresenceService } from './service.ts';

/** A connection that receives a hub's events. */
export type Watcher = Subscriber & { readonly userId: string };

interface Options {
  hub: Pick<Hub, 'ensure' | 'subscribe' | 'unsubscribe'>;
  presence: Pick<PresenceService, 'canWatch' | 'describe'>;
  /** False once the connection has closed: it must not stay subscribed by an answer that came late. */
  isOpen(watcher: Watcher): boolean;
}

export interface Watching {
  /**
   * The people a connection has on screen, in place of those before. It is told of those it shares a chat of any size with,
   * as their privacy allows: at once how each new one is, then every change. Calls of one connection run one after the other.
   */
  watch(watcher: Watcher, userIds: readonly string[]): Promise<void>;
}

export function createWatching({ hub, presence, isOpen }: Options): Watching {
  const watched = new WeakMap<Watcher, ReadonlySet<string>>();

  function leave(watcher: Watcher, userIds: Iterable<string>): void {
    for (const userId of userIds) hub.unsubscribe(watcher, presenceTopic(userId));
  }

  return {
    async watch(watcher, userIds) {
      const wanted = new Set(await presence.canWatch(watcher.userId, [...new Set(userIds)]));
      const before = watched.get(watcher) ?? new Set<string>();
      const added = [...wanted].filter((userId) => !before.has(userId));
      const removed = [...before].filter((userId) => !wanted.has(userId));
      // Nothing is changed yet when this fails.
      await hub.ensure(added.map(presenceTopic));
      watched.set(watcher, wanted);
      leave(watcher, removed);
      await Promise.all(added.map((userId) => hub.subscribe(watcher, presenceTopic(userId))));
      // Read after the subscription stands, so that no change falls between.
      const now = await presence.describe(watcher.userId, added);
      if (!isOpen(watcher)) return leave(watcher, wanted);
      for (const data of now) {
        watcher.deliver({ topic: presenceTopic(data.userId), name: 'presence.updated', data });
      }
    },
  };
}
