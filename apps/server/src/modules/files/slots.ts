/** Runs so many at a time, the others in their order. */
export interface Slots {
  run<T>(work: () => Promise<T>): Promise<T>;
  waiting(): number;
  /** Resolves when nothing runs or waits. */
  idle(): Promise<void>;
}

export function createSlots(count: number): Slots {
  const queue: (() => void)[] = [];
  const running = new Set<Promise<unknown>>();

  async function run<T>(work: () => Promise<T>): Promise<T> {
    if (running.size >= count) await new Promise<void>((resolve) => queue.push(resolve));
    const job = work();
    running.add(job);
    try {
      return await job;
    } finally {
      running.delete(job);
      queue.shift()?.();
    }
  }

  return {
    run,
    waiting: () => queue.length,
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
