import type { Chat, LoggedEvent, Position, SyncResult } from '@parley/contract';
import type { Call } from '../http/route-types.ts';
import { removeChat } from '../store/chats.ts';
import { chatOfTopic, chatTopic, type State, userTopic } from '../store/state.ts';
import type { ClientEvent, Store } from '../store/store.ts';
import type { Loading } from './loading.ts';

export interface CatchingUpParts {
  call: Call;
  store: Store;
  loading: Loading;
  /** Where events go, as those of the socket do. */
  intake(event: ClientEvent): void;
  isOpen(chatId: string): boolean;
  /** The server was reached. */
  onReached(): void;
}

export interface CaughtUp {
  /** The chats as they were told. */
  told: readonly Chat[];
  /** Some of them could not be continued: events of theirs were missed. */
  hasGaps: boolean;
}

/** Topics in one request. */
const portion = 500;
/** After this many requests for one portion, loading anew costs less than repeating everything. */
const patience = 10;

/**
 * Brings a state of an earlier run up to date: events since its positions by `POST /sync`, then the list of chats, for what no
 * event tells. Chats that cannot be continued, or missed very much, start anew from the list.
 */
export function createCatchingUp({ call, store, loading, intake, isOpen, onReached }: CatchingUpParts) {
  const { state } = store;

  const sync = async (topics: readonly string[]): Promise<{ resync: readonly string[]; isWhole: boolean }> => {
    const resync: string[] = [];
    for (let pages = 0; pages < patience; pages += 1) {
      const known = topics.filter((topic) => state.positions.has(topic) && !resync.includes(topic));
      if (known.length === 0) return { resync, isWhole: true };
      const positions = Object.fromEntries(known.map((topic) => [topic, state.positions.get(topic)!]));
      const result = await call('sync', { body: { positions, limit: 1_000 } });
      onReached();
      take(result);
      resync.push(...result.resync);
      if (!result.hasMore) return { resync, isWhole: true };
    }
    return { resync, isWhole: false };
  };

  const take = ({ events, positions, gone }: SyncResult): void => {
    for (const event of events) intake(toEvent(event));
    store.update((current) => {
      moveOn(current, positions);
      return gone.flatMap((topic) => removeChat(current, chatOfTopic(topic) ?? ''));
    });
  };

  return async function catchUp(): Promise<CaughtUp> {
    const own = userTopic(state.me?.id ?? '');
    // The person's own log first: it says which chats there are.
    const person = await sync([own]);
    const topics = [...state.positions.keys()].filter((topic) => topic !== own);
    const anew = new Set<string>();
    let isWhole = person.isWhole;
    while (topics.length > 0) {
      const part = await sync(topics.splice(0, portion));
      for (const topic of part.resync) anew.add(topic);
      isWhole &&= part.isWhole;
    }
    // What was deleted for oneself meanwhile is not known then: messages that are loaded may be among it.
    const isAllAnew = person.resync.length > 0 || !person.isWhole;
    const isAnew = (chat: Chat): boolean =>
      isAllAnew || anew.has(chatTopic(chat.id)) || (!isWhole && lags(state, chat));
    const open: string[] = [];
    const told = await loading.refresh((chat) => {
      if (!isAnew(chat)) return false;
      if (!isOpen(chat.id)) return true;
      open.push(chatTopic(chat.id));
      return false;
    }, isAllAnew);
    // What is on the screen stays there until it is replaced.
    await loading.topics(open);
    return { told, hasGaps: isAllAnew || anew.size > 0 || !isWhole };
  };
}

const toEvent = ({ topic, epoch, offset, event, data }: LoggedEvent): ClientEvent =>
  ({ name: event, payload: data, topic, position: { epoch, offset } }) as unknown as ClientEvent;

/** Forward, and only for what is still there. */
function moveOn(state: State, positions: Readonly<Record<string, Position>>): void {
  for (const [topic, position] of Object.entries(positions)) {
    const known = state.positions.get(topic);
    if (known?.epoch === position.epoch && position.offset > known.offset) state.positions.set(topic, position);
  }
}

const lags = (state: State, { id, position }: Chat): boolean => {
  const known = state.positions.get(chatTopic(id));
  return known !== undefined && (known.epoch !== position.epoch || known.offset < position.offset);
};
