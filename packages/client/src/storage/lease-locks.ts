import { v4 as uuid } from 'uuid';
import { createProcessLocks, type Locks } from './locks.ts';

/** The synchronous part of `localStorage` that is needed. */
export interface KeyValue {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const leaseMs = 6_000;
const settleMs = 40;
const pollMs = 200;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Locks by leases in `localStorage`, for pages without Web Locks. Two tabs may hold a lock at once if one of them is frozen
 * for longer than its lease, so what runs under it must stay harmless when doubled (sends are keyed, refreshes are checked).
 */
export function createLeaseLocks(items: KeyValue, prefix: string): Locks {
  const local = createProcessLocks();
  const owner = uuid();

  const isTaken = (key: string): boolean => {
    const [holder, until] = items.getItem(key)?.split(' ') ?? [];
    return holder !== undefined && holder !== owner && Number(until) > Date.now();
  };
  const claim = (key: string) => items.setItem(key, `${owner} ${Date.now() + leaseMs}`);
  const isMine = (key: string): boolean => items.getItem(key)?.startsWith(`${owner} `) ?? false;

  const acquire = async (key: string, signal: AbortSignal | undefined): Promise<void> => {
    for (;;) {
      signal?.throwIfAborted();
      if (!isTaken(key)) {
        claim(key);
        await wait(settleMs);
        if (isMine(key)) return;
      }
      await wait(pollMs * (0.5 + Math.random()));
    }
  };

  const runHeld = async <T>(key: string, run: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
    await acquire(key, signal);
    const renewal = setInterval(() => claim(key), leaseMs / 3);
    try {
      return await run();
    } finally {
      clearInterval(renewal);
      if (isMine(key)) items.removeItem(key);
    }
  };

  return {
    hold: (name, run, signal) => local.hold(name, () => runHeld(`${prefix}lock/${name}`, run, signal), signal),
  };
}
