import type { Guard, Outcome, SendCommand, StoreBatch } from './queue.ts';

interface Bounds {
  /** Most commands of one transaction that more than one partition shares. */
  most?: number;
  /** Most transactions under way: while one commits the next may be prepared. */
  atOnce?: number;
}

interface Part {
  commands: readonly SendCommand[];
  guard: Guard | undefined;
  resolve(outcomes: Map<string, Outcome>): void;
  reject(error: unknown): void;
}

/**
 * Group commit over partitions: what they hand in while transactions are under way is stored by the next one, together. If that
 * fails each is stored by itself, so nobody pays for what is wrong with another.
 */
export function storeTogether(store: StoreBatch, { most = 256, atOnce = 2 }: Bounds = {}): StoreBatch {
  const waiting: Part[] = [];
  let underWay = 0;
  let isScheduled = false;

  /** Partitions that come in the same turn of the event loop are not kept apart. */
  function schedule(): void {
    if (isScheduled || underWay >= atOnce || waiting.length === 0) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      underWay += 1;
      void storeParts(take(waiting, most)).finally(() => {
        underWay -= 1;
        schedule();
      });
      schedule();
    });
  }

  async function storeParts(parts: readonly Part[]): Promise<void> {
    try {
      const outcomes = await store(
        parts.flatMap((part) => part.commands),
        guardOf(parts),
      );
      for (const { commands, resolve } of parts)
        resolve(parts.length === 1 ? outcomes : outcomesOf(commands, outcomes));
    } catch (error) {
      if (parts.length === 1) parts[0]!.reject(error);
      else await Promise.all(parts.map((part) => store(part.commands, part.guard).then(part.resolve, part.reject)));
    }
  }

  return (commands, guard) =>
    new Promise((resolve, reject) => {
      waiting.push({ commands, guard, resolve, reject });
      schedule();
    });
}

const outcomesOf = (commands: readonly SendCommand[], all: ReadonlyMap<string, Outcome>): Map<string, Outcome> =>
  new Map(commands.map(({ id }) => [id, all.get(id)!]));

/** The first, and as many behind it as share its transaction. */
function take(waiting: Part[], most: number): Part[] {
  let count = 0;
  let commands = 0;
  for (const part of waiting) {
    commands += part.commands.length;
    if (count > 0 && commands > most) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

function guardOf(parts: readonly Part[]): Guard | undefined {
  const guards = parts.flatMap(({ guard }) => (guard === undefined ? [] : [guard]));
  if (guards.length === 0) return undefined;
  return async (session) => {
    await Promise.all(guards.map((guard) => guard(session)));
  };
}
