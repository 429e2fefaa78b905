import type { Cache } from '../cache/cache.ts';
import { createKeeper, type Keeper } from '../cache/keeper.ts';
import { restoreHistory, restoreKept } from '../cache/restore.ts';
import type { Activity } from '../realtime/environment.ts';
import { clearState } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import type { Bounds } from './bounds.ts';
import type { ReceiptQuestions } from './receipt-questions.ts';

export interface KeepingParts {
  cache: Cache | undefined;
  store: Store;
  bounds: Bounds;
  activity: Activity;
  receipts: Pick<ReceiptQuestions, 'again' | 'isOpen'>;
  onError(error: unknown): void;
}

/** The cache in the life of a client. Whatever is wrong with it, the client goes on without one. */
export interface Keeping {
  /** Fills an empty state with what is kept of this person. Whether there was something. */
  restore(userId: string): Promise<boolean>;
  /** From now on changes are kept. */
  begin(userId: string): void;
  end(): void;
  /** It turned out to be of no use: state and cache are empty again, but for what waits to be sent. */
  discard(userId: string): Promise<void>;
  /** Nothing of this person stays here. */
  drop(userId: string): Promise<void>;
  /** When the restoring that is under way is done. */
  restored(): Promise<unknown>;
  takeStaleReceipts(chatId: string): boolean;
}

export function createKeeping({ cache, store, bounds, activity, receipts, onError }: KeepingParts): Keeping {
  const stale = new Set<string>();
  let isUsable = false;
  let keeper: Keeper | undefined;
  let restoring: Promise<unknown> = Promise.resolve();

  const restoreFrom = async (from: Cache, userId: string): Promise<boolean> => {
    const kept = await from.open(userId);
    isUsable = true;
    if (kept === undefined) return false;
    store.update((state) => restoreKept(state, kept));
    for await (const histories of from.histories()) {
      store.update((state) => histories.flatMap((history) => restoreHistory(state, history)));
      for (const { chatId, openedAt, asksReceipts } of histories) {
        bounds.known(chatId, openedAt);
        stale.add(chatId);
        if (asksReceipts) receipts.again(chatId);
      }
    }
    return true;
  };

  const restore = async (userId: string): Promise<boolean> => {
    if (cache === undefined) return false;
    try {
      return await restoreFrom(cache, userId);
    } catch {
      // Not to be had (a private window, an older tab), or not to be read: everything is loaded instead.
      if (isUsable) await discard(userId);
      isUsable = false;
      return false;
    }
  };

  const discard = async (userId: string): Promise<void> => {
    await drop(userId);
    store.update((state) => {
      const [pending, commands] = [[...state.pending], [...state.commands]];
      const changes = clearState(state);
      for (const [chatId, items] of pending) state.pending.set(chatId, items);
      for (const [chatId, waiting] of commands) state.commands.set(chatId, waiting);
      return changes;
    });
  };

  const end = (how?: 'dropped'): void => {
    keeper?.end(how);
    keeper = undefined;
  };

  const drop = async (userId: string): Promise<void> => {
    end('dropped');
    stale.clear();
    try {
      await cache?.wipe(userId);
    } catch {
      // There is no cache, so there is nothing in it.
    }
  };

  return {
    restore(userId) {
      const outcome = restore(userId);
      restoring = outcome;
      return outcome;
    },
    begin(userId) {
      if (cache === undefined || !isUsable || keeper !== undefined) return;
      keeper = createKeeper({
        cache,
        store,
        userId,
        activity,
        noteOf: (chatId) => ({ openedAt: bounds.openedAt(chatId), asksReceipts: receipts.isOpen(chatId) }),
        onFailed: onError,
      });
    },
    end: () => end(),
    discard,
    drop,
    restored: () => restoring,
    takeStaleReceipts: (chatId) => stale.delete(chatId),
  };
}
