import type { Activity } from '../realtime/environment.ts';
import type { Change } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { type Cache, type CacheBatch, type CachedPerson, NotOwner } from './cache.ts';
import { captureChat, captureHistory, capturePerson, type HistoryNote } from './capture.ts';
import { whenIdle } from './idle.ts';

export interface KeeperOptions {
  cache: Cache;
  store: Store;
  userId: string;
  activity: Activity;
  /** What else is to be known of a chat that was opened. */
  noteOf(chatId: string): HistoryNote;
  /** Changes wait this long, so that many become one write. */
  delayMs?: number;
  /** Nothing is kept any more. */
  onFailed(error: unknown): void;
}

/** Writes to the cache what changed in the state, a while after it changed. */
export interface Keeper {
  /** Writes what has not been written yet. */
  flush(): Promise<void>;
  /** Writes what is left, unless it is to be `dropped`, and ends. */
  end(how?: 'dropped'): void;
}

/** Parts that are kept with what was loaded of a chat. */
const ofHistory: ReadonlySet<Change['part']> = new Set(['messages', 'pins', 'participants', 'receipts']);

/** Chats in one transaction: copying them out is work for the main thread. */
const portion = 20;

export function createKeeper(options: KeeperOptions): Keeper {
  const { cache, store, userId, activity, delayMs = 1_000 } = options;
  const { state } = store;
  /** By chat: whether what was loaded of it changed too. */
  const dirty = new Map<string, boolean>();
  /** Whose messages were there; when they are let go here, they are in the cache. */
  const withHistory = new Set(state.windows.keys());
  let kept: CachedPerson | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();
  let hasEnded = false;

  const note = (change: Change): void => {
    if (change.part === 'all') {
      for (const chatId of state.chats.keys()) dirty.set(chatId, true);
    } else if (change.part === 'chat') {
      dirty.set(change.chatId, dirty.get(change.chatId) ?? false);
    } else if (ofHistory.has(change.part) && 'chatId' in change) {
      dirty.set(change.chatId, true);
    } else if (change.part !== 'me' && change.part !== 'settings') return;
    timer ??= setTimeout(() => void flush(whenIdle), delayMs);
  };

  const batchOf = (work: readonly (readonly [string, boolean])[]): CacheBatch => {
    const batch = { userId, chats: [], histories: [], gone: [], letGo: [] } as Writable<CacheBatch>;
    for (const [chatId, isWhole] of work) addChat(batch, chatId, isWhole);
    return batch;
  };

  const addChat = (batch: Writable<CacheBatch>, chatId: string, isWhole: boolean): void => {
    const chat = captureChat(state, chatId);
    if (chat === undefined) return void batch.gone.push(chatId);
    batch.chats.push(chat);
    const history = isWhole ? captureHistory(state, chatId, options.noteOf(chatId)) : undefined;
    if (history !== undefined) {
      batch.histories.push(history);
      withHistory.add(chatId);
    } else if (!state.windows.has(chatId) && withHistory.delete(chatId)) batch.letGo.push(chatId);
  };

  /**
   * The person's position is taken first and written last: what it tells is in the cache before. So it waits for chats that are
   * behind what is kept of them, by a tab that is further or by a run before this one.
   */
  const writeAll = async (pause: () => Promise<void>): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const person = capturePerson(state);
    const work = [...dirty];
    dirty.clear();
    let late = 0;
    while (work.length > 0 && !hasEnded) {
      await pause();
      const skipped = await cache.write(batchOf(work.splice(0, portion)));
      for (const chatId of skipped) dirty.set(chatId, true);
      late += skipped.length;
    }
    if (person === undefined || hasEnded || late > 0 || isSamePerson(person, kept)) return;
    await cache.write({ ...batchOf([]), person });
    kept = person;
  };

  const flush = (pause: () => Promise<void> = atOnce): Promise<void> => {
    writing = writing.then(() => (hasEnded ? undefined : writeAll(pause))).catch(fail);
    return writing;
  };

  const fail = (error: unknown): void => {
    stop();
    // What is half written is no use to anybody; another tab may have signed somebody else in.
    if (error instanceof NotOwner) return;
    void cache.wipe(userId).catch(() => undefined);
    options.onFailed(error);
  };

  const stop = (): void => {
    hasEnded = true;
    clearTimeout(timer);
    for (const unlisten of listening) unlisten();
  };

  const listening = [
    store.subscribe(note),
    // A page that is not looked at any more may be gone without another word.
    activity.onChange(() => {
      if (!activity.isActive()) void flush();
    }),
  ];

  return {
    flush: () => flush(),
    end(how) {
      if (how === 'dropped') stop();
      else void flush().then(stop);
    },
  };
}

type Writable<B extends CacheBatch> = {
  [K in keyof B]: B[K] extends readonly (infer T)[] ? T[] : B[K];
};

const atOnce = async (): Promise<void> => undefined;

const isSamePerson = (a: CachedPerson, b: CachedPerson | undefined): boolean =>
  b !== undefined &&
  a.me === b.me &&
  a.settings === b.settings &&
  a.position === b.position &&
  a.hidden.length === b.hidden.length;
