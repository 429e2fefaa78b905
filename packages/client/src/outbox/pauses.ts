export interface Pauses {
  /** Resolves after `ms`, or sooner: by `wake` or the signal. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  wake(): void;
}

export function createPauses(): Pauses {
  const sleepers = new Set<() => void>();
  return {
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const done = (): void => {
          clearTimeout(timer);
          sleepers.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        sleepers.add(done);
        signal.addEventListener('abort', done);
      }),
    wake() {
      for (const wakeOne of [...sleepers]) wakeOne();
    },
  };
}
