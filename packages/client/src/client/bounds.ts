import { keptHistories, keptMessages } from '../cache/cache.ts';
import { idsShown, letGo, narrowParticipants } from '../store/letting-go.ts';
import type { Change, State } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { cutWindow } from '../store/windows.ts';

export interface Limits {
  /** Chats of which messages stay loaded, besides those that are open; the ones opened last. */
  chats: number;
  /** Messages of a chat that is not open. */
  far: number;
  /** Messages of an open chat. */
  near: number;
  /** People met in one chat beyond those who are shown. */
  people: number;
  /** The same where all members were loaded. */
  members: number;
  presences: number;
  hidden: number;
}

const defaults: Limits = {
  chats: keptHistories,
  far: keptMessages,
  near: 400,
  people: 40,
  members: 400,
  presences: 4_000,
  hidden: 1_000,
};

/** What is above a limit is let go in one go at this much above, so that the work is rare. */
const slack = 1.25;

export interface Bounds {
  opened(chatId: string): void;
  /** It was opened then, in an earlier run. */
  known(chatId: string, openedAt: number): void;
  closed(chatId: string): void;
  /** The reader moved towards this end of what is loaded: the other end may go. */
  moved(chatId: string, end: 'older' | 'newer'): void;
  isOpen(chatId: string): boolean;
  /** Unix time in ms; 0 when it was not opened. */
  openedAt(chatId: string): number;
  forget(): void;
}

/** Keeps the state from growing with the time it is used. What is let go is loaded again when it is wanted. */
export function createBounds(store: Store, given: Partial<Limits> = {}, now: () => number = Date.now): Bounds {
  const limits = { ...defaults, ...given };
  const open = new Set<string>();
  const times = new Map<string, number>();
  const ends = new Map<string, 'older' | 'newer'>();
  const { state } = store;

  const boundMessages = (chatId: string): void => {
    const isOpen = open.has(chatId);
    const most = isOpen ? limits.near : limits.far;
    if ((state.windows.get(chatId)?.items.length ?? 0) > most * slack) {
      store.update((current) => cutWindow(current, chatId, most, (isOpen && ends.get(chatId)) || 'newer'));
    }
    if (state.windows.size > limits.chats * slack) letFarChatsGo();
  };

  const letFarChatsGo = (): void => {
    const far = [...state.windows.keys()]
      .filter((chatId) => !open.has(chatId))
      .sort((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0));
    const excess = far.slice(0, Math.max(0, far.length - limits.chats));
    for (const chatId of excess) times.delete(chatId);
    store.update((current) => excess.flatMap((chatId) => letGo(current, chatId)));
  };

  const boundPeople = (chatId: string): void => {
    const most = state.fullMembers.has(chatId) ? limits.members : limits.people;
    const known = state.participants.get(chatId)?.size ?? 0;
    if (known <= most * slack || known <= most * slack + idsShown(state, chatId).size) return;
    store.update((current) => narrowParticipants(current, chatId, most));
  };

  const boundBy: { readonly [P in Change['part']]?: (id: string) => void } = {
    messages: boundMessages,
    participants: boundPeople,
    presence: () => letOldestGo(state.presence, limits.presences, peersOf(state)),
    chat: (chatId) => void (state.chats.has(chatId) || forgetChat(chatId)),
  };

  const forgetChat = (chatId: string): void => {
    times.delete(chatId);
    ends.delete(chatId);
  };

  store.subscribe((change) => {
    if ('chatId' in change) boundBy[change.part]?.(change.chatId);
    else if ('userId' in change) boundBy[change.part]?.(change.userId);
    if (state.hidden.size > limits.hidden * slack) letOldestGo(state.hidden, limits.hidden, () => new Set());
  });

  return {
    opened(chatId) {
      open.add(chatId);
      times.set(chatId, now());
    },
    known: (chatId, openedAt) => void (times.has(chatId) || times.set(chatId, openedAt)),
    closed(chatId) {
      open.delete(chatId);
      ends.delete(chatId);
      boundMessages(chatId);
    },
    moved: (chatId, end) => void ends.set(chatId, end),
    isOpen: (chatId) => open.has(chatId),
    openedAt: (chatId) => times.get(chatId) ?? 0,
    forget() {
      for (const known of [open, times, ends]) known.clear();
    },
  };
}

/** Who is in the list is looked at all the time. */
const peersOf = (state: State) => (): ReadonlySet<string> =>
  new Set([...state.chats.values()].flatMap(({ peer }) => (peer === undefined ? [] : [peer.id])));

function letOldestGo<T>(map: Map<string, T>, most: number, spared: () => ReadonlySet<string>): void {
  if (map.size <= most * slack) return;
  const keep = spared();
  for (const key of map.keys()) {
    if (map.size <= most) return;
    if (!keep.has(key)) map.delete(key);
  }
}
