import type { EventPayload } from '@parley/contract';
import type { Hub, Subscriber } from '@parley/realtime';
import { presenceTopic } from './privacy.ts';
import type { PresenceService } from './service.ts';

/** A connection that receives a hub's events. */
export type Watcher = Subscriber & { readonly userId: string };

type Told = EventPayload<'presence.updated'>;

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

  /** What was told of somebody while they were read may be newer than what was read. */
  async function listening(userIds: readonly string[], read: () => Promise<Told[]>): Promise<Told[]> {
    const heard = new Set<string>();
    const ear: Subscriber = {
      userId: undefined,
      deliver: ({ name, data }) => name === 'presence.updated' && heard.add((data as Told).userId),
    };
    await Promise.all(userIds.map((userId) => hub.subscribe(ear, presenceTopic(userId))));
    try {
      return (await read()).filter(({ userId }) => !heard.has(userId));
    } finally {
      for (const userId of userIds) hub.unsubscribe(ear, presenceTopic(userId));
    }
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
      const news = await listening(added, () => presence.describe(watcher.userId, added));
      if (!isOpen(watcher)) return leave(watcher, wanted);
      for (const data of news) {
        watcher.deliver({ topic: presenceTopic(data.userId), name: 'presence.updated', data });
      }
    },
  };
}
