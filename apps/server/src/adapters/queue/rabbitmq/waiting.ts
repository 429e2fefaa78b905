import type { CommandKey, Outcome } from '../../../modules/messages/queue.ts';
import { createOutcomes } from '../outcomes.ts';

export interface Waiting {
  /** Hears from `settle`, or finds the message itself. Undefined after `timeoutMs`. */
  wait(command: CommandKey, timeoutMs: number): Promise<Outcome | undefined>;
  settle(id: string, outcome: Outcome): void;
  isAwaited(id: string): boolean;
  close(): void;
}

interface Options {
  /** Which of these are stored, and where. */
  find(commands: readonly CommandKey[]): Promise<Map<string, number>>;
  onTrouble(error: Error, what: string): void;
}

/** One look serves all who wait. */
const firstLookMs = 20;
const laterLookMs = 50;

/**
 * Those who wait for a message to be stored. The worker that stores it tells the instance they are on, over the bus; as the bus
 * may be away, PostgreSQL is asked as well, once for all who wait.
 */
export function createWaiting({ find, onTrouble }: Options): Waiting {
  const outcomes = createOutcomes();
  const awaited = new Map<string, { command: CommandKey; waiters: number }>();
  let timer: NodeJS.Timeout | undefined;

  function look(afterMs: number): void {
    timer ??= setTimeout(() => void lookNow(), afterMs);
  }

  async function lookNow(): Promise<void> {
    try {
      const found = await find([...awaited.values()].map((one) => one.command));
      for (const [id, sequence] of found) outcomes.settle(id, { kind: 'stored', sequence });
    } catch (error) {
      onTrouble(error as Error, 'looking for messages that somebody waits for');
    }
    timer = undefined;
    if (awaited.size > 0) look(laterLookMs);
  }

  function release(id: string): void {
    const entry = awaited.get(id);
    if (entry === undefined) return;
    entry.waiters -= 1;
    if (entry.waiters === 0) awaited.delete(id);
  }

  return {
    async wait(command, timeoutMs) {
      const entry = awaited.get(command.id) ?? { command, waiters: 0 };
      entry.waiters += 1;
      awaited.set(command.id, entry);
      look(firstLookMs);
      const outcome = await outcomes.wait(command.id, timeoutMs);
      release(command.id);
      return outcome;
    },
    settle: outcomes.settle,
    isAwaited: (id) => awaited.has(id),
    close: () => clearTimeout(timer),
  };
}
