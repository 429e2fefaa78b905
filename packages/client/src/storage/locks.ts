/** Mutual exclusion among all who share a storage. */
export interface Locks {
  /** Runs `run` while nobody else holds `name`. Waits for its turn; `signal` ends the waiting, not the run. */
  hold<T>(name: string, run: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** Among callers of this object only. */
export function createProcessLocks(): Locks {
  const tails = new Map<string, Promise<void>>();
  return {
    async hold(name, run, signal) {
      const before = tails.get(name) ?? Promise.resolve();
      const { promise: mine, resolve: release } = Promise.withResolvers<void>();
      const tail = before.then(() => mine);
      tails.set(name, tail);
      try {
        await abortable(before, signal);
        return await run();
      } finally {
        release();
        if (tails.get(name) === tail) tails.delete(name);
      }
    },
  };
}

function abortable(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, reject);
  });
}

interface LockRequests {
  request<T>(name: string, options: { signal?: AbortSignal }, run: () => Promise<T>): Promise<T>;
}

/** Among the tabs of an origin, by the Web Locks API; `undefined` where there is none (pages on plain http). */
export function webLocks(prefix: string): Locks | undefined {
  const locks = (globalThis as { navigator?: { locks?: LockRequests } }).navigator?.locks;
  if (locks === undefined) return undefined;
  return {
    hold: (name, run, signal) => locks.request(`${prefix}${name}`, signal === undefined ? {} : { signal }, run),
  };
}
