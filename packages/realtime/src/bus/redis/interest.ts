import type { Wire } from './wire.ts';

/** Redis answers each channel on its own: a larger command only delays what waits behind it. */
const channelsPerCommand = 1_000;

/** The topics that this instance wants, subscribed again on every connection. */
export interface Interest {
  has(topic: string): boolean;
  /** Resolves when the server has acknowledged; while there is no connection, when the next one is subscribed. */
  add(topics: readonly string[]): Promise<void>;
  remove(topics: readonly string[]): void;
  /** A fresh connection: subscribes to everything. Rejects when it breaks meanwhile. */
  restore(): Promise<void>;
  /** The connection is gone. */
  suspend(): void;
  close(): void;
}

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

export function createInterest(
  wire: Pick<Wire, 'subscribe' | 'unsubscribe'>,
  channelOf: (topic: string) => string,
): Interest {
  const topics = new Set<string>();
  const waiters = new Set<Waiter>();
  let isOpen = false;
  let isClosed = false;

  async function subscribe(names: readonly string[]): Promise<void> {
    const commands: Promise<unknown>[] = [];
    for (let start = 0; start < names.length; start += channelsPerCommand) {
      commands.push(wire.subscribe(names.slice(start, start + channelsPerCommand).map(channelOf)));
    }
    await Promise.all(commands);
  }

  function nextConnection(): Promise<void> {
    if (isClosed) return Promise.reject(new Error('the bus is closed'));
    return new Promise((resolve, reject) => waiters.add({ resolve, reject }));
  }

  return {
    has: (topic) => topics.has(topic),
    async add(names) {
      const added = names.filter((name) => !topics.has(name));
      for (const name of added) topics.add(name);
      if (names.length === 0) return;
      // Repeated for those that are known: their first acknowledgement may still be on its way.
      if (isOpen) await subscribe(names).catch(nextConnection);
      else await nextConnection();
    },
    remove(names) {
      const present = names.filter((name) => topics.delete(name));
      if (!isOpen) return;
      for (let start = 0; start < present.length; start += channelsPerCommand) {
        const channels = present.slice(start, start + channelsPerCommand).map(channelOf);
        // A connection that breaks takes its subscriptions with it.
        wire.unsubscribe(channels).catch(() => {});
      }
    },
    async restore() {
      isOpen = true;
      await subscribe(Array.from(topics));
      const served = Array.from(waiters);
      waiters.clear();
      for (const waiter of served) waiter.resolve();
    },
    suspend() {
      isOpen = false;
    },
    close() {
      isClosed = true;
      isOpen = false;
      for (const waiter of waiters) waiter.reject(new Error('the bus is closed'));
      waiters.clear();
    },
  };
}
