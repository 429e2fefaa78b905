import type { Outcome } from '../../modules/messages/queue.ts';

export interface Outcomes {
  wait(id: string, timeoutMs: number): Promise<Outcome | undefined>;
  settle(id: string, outcome: Outcome): void;
}

/** Those who wait to hear what became of a command, by its id. A time-out answers undefined. */
export function createOutcomes(): Outcomes {
  const waiting = new Map<string, Set<(outcome: Outcome | undefined) => void>>();

  function remove(id: string, resolve: (outcome: Outcome | undefined) => void): void {
    const waiters = waiting.get(id);
    waiters?.delete(resolve);
    if (waiters?.size === 0) waiting.delete(id);
  }

  return {
    wait(id, timeoutMs) {
      return new Promise((resolve) => {
        const waiters = waiting.get(id) ?? new Set();
        waiting.set(id, waiters);
        const timer = setTimeout(() => {
          remove(id, done);
          resolve(undefined);
        }, timeoutMs);
        const done = (outcome: Outcome | undefined): void => {
          clearTimeout(timer);
          resolve(outcome);
        };
        waiters.add(done);
      });
    },
    settle(id, outcome) {
      const waiters = waiting.get(id);
      waiting.delete(id);
      for (const resolve of waiters ?? []) resolve(outcome);
    },
  };
}
