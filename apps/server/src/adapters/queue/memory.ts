import { AppError } from '@parley/contract';
import type { Outcome, Queue, SendCommand, StoreBatch } from '../../modules/messages/queue.ts';
import { createOutcomes } from './outcomes.ts';

interface Options {
  partitions?: number;
  /** Most commands stored in one transaction. */
  batch?: number;
  /** Most commands that may wait; beyond it senders are told to slow down. */
  maxWaiting?: number;
}

interface Waiting {
  command: SendCommand;
  since: number;
  resolve(): void;
  reject(error: unknown): void;
}

interface Partition {
  waiting: Waiting[];
  isBusy: boolean;
}

/** FNV-1a over the text of the id: cheap and even enough to spread chats. */
export function partitionOf(chatId: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < chatId.length; index += 1) hash = Math.imul(hash ^ chatId.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % partitions;
}

/**
 * The queue of a single process: a message is accepted when it is committed, so nothing has to survive in between.
 * While one batch of a partition is being stored the next one gathers: cost per message falls as load grows.
 */
export function createMemoryQueue({ partitions: count = 8, batch = 256, maxWaiting = 20_000 }: Options = {}): Queue {
  const partitions: Partition[] = Array.from({ length: count }, () => ({ waiting: [], isBusy: false }));
  const outcomes = createOutcomes();
  const idle = new Set<() => void>();
  let store: StoreBatch | undefined;
  let depth = 0;
  let isClosed = false;

  async function drain(partition: Partition, storeBatch: StoreBatch): Promise<void> {
    if (partition.isBusy) return;
    partition.isBusy = true;
    while (partition.waiting.length > 0) await storeNext(partition.waiting.splice(0, batch), storeBatch);
    partition.isBusy = false;
  }

  async function storeNext(taken: Waiting[], storeBatch: StoreBatch): Promise<void> {
    try {
      const results = await storeBatch(taken.map((one) => one.command));
      for (const one of taken) settle(one, results.get(one.command.id));
    } catch (error) {
      for (const one of taken) one.reject(new AppError('unavailable', undefined, { retryAfter: 2, cause: error }));
    }
    depth -= taken.length;
    if (depth === 0) for (const resolve of idle) resolve();
  }

  function settle(one: Waiting, outcome: Outcome | undefined): void {
    if (outcome) outcomes.settle(one.command.id, outcome);
    one.resolve();
  }

  return {
    accept(command) {
      if (isClosed) return Promise.reject(new AppError('draining', undefined, { retryAfter: 1 }));
      if (depth >= maxWaiting) return Promise.reject(new AppError('overloaded', undefined, { retryAfter: 1 }));
      const partition = partitions[partitionOf(command.chatId, count)]!;
      return new Promise((resolve, reject) => {
        partition.waiting.push({ command, since: Date.now(), resolve, reject });
        depth += 1;
        // Commands that arrive in the same turn of the event loop leave in one transaction.
        if (!partition.isBusy && store) queueMicrotask(() => store && void drain(partition, store));
      });
    },
    outcome: ({ id }, timeoutMs) => outcomes.wait(id, timeoutMs),
    // What was accepted is stored.
    arrival: async () => {},
    consume(consumption) {
      store = consumption.store;
      for (const partition of partitions) void drain(partition, consumption.store);
    },
    // The log of errors names it, and its sender is told: there is no place of its own for it.
    giveUp: async () => {},
    settle: (results) => {
      for (const { id, outcome } of results) outcomes.settle(id, outcome);
    },
    depth: () => depth,
    lag: () => Math.max(0, ...partitions.map(({ waiting }) => (waiting[0] ? Date.now() - waiting[0].since : 0))),
    state: () => 'ok',
    async close() {
      isClosed = true;
      if (depth > 0) await new Promise<void>((resolve) => idle.add(resolve));
    },
  };
}
