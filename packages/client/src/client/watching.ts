import type { Change, State } from '../store/state.ts';
import type { Store } from '../store/store.ts';

/** People in one `watch` frame. */
const most = 200;

export interface Watching {
  /** Whose presence is on the screen. */
  watch(userIds: readonly string[]): void;
  /** To be called with each new connection. */
  renew(): void;
}

/**
 * Presence is not logged: what changed while there was no connection, or before a new chat is followed, is told by nobody. Whom
 * one watches, the server tells at once how they are; so those on the screen are watched, and those of the latest direct chats. Of
 * the others nothing is known any more after a break.
 */
export function createWatching(store: Store, send: (frame: object) => boolean): Watching {
  const { state } = store;
  const known = new Set<string>();
  let onScreen: readonly string[] = [];
  let isDue = false;
  let connections = 0;

  const tell = (): ReadonlySet<string> => {
    isDue = false;
    const userIds = [...new Set([...onScreen, ...latestPeers(state)])].slice(0, most);
    if (userIds.length > 0) send({ type: 'watch', userIds });
    return new Set(userIds);
  };

  store.subscribe((change) => {
    if (change.part !== 'chat') return;
    const chat = state.chats.get(change.chatId);
    if (chat === undefined) known.delete(change.chatId);
    if (chat?.peer === undefined || known.has(chat.id)) return;
    known.add(chat.id);
    if (!isDue) queueMicrotask(tell);
    isDue = true;
  });

  return {
    watch(userIds) {
      onScreen = userIds;
      tell();
    },
    renew() {
      connections += 1;
      const watched = tell();
      // The first one comes right after the list, which tells how everybody is.
      if (connections > 1) store.update((current) => forgetOthers(current, watched));
    },
  };
}

function latestPeers({ chats, me }: State): string[] {
  const direct = [...chats.values()].filter(({ peer }) => peer !== undefined && peer.id !== me?.id);
  const sentAt = ({ lastMessage, createdAt }: (typeof direct)[number]): string => lastMessage?.sentAt ?? createdAt;
  return direct.sort((a, b) => (sentAt(a) < sentAt(b) ? 1 : -1)).map(({ peer }) => peer!.id);
}

function forgetOthers(state: State, watched: ReadonlySet<string>): Change[] {
  const others = [...state.presence.keys()].filter((userId) => !watched.has(userId));
  for (const userId of others) state.presence.delete(userId);
  return others.map((userId) => ({ part: 'presence', userId }));
}
