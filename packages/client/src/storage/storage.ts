import { type Channels, createProcessChannels } from './channel.ts';
import { createProcessLocks, type Locks } from './locks.ts';

/** Where the SDK keeps what must outlive a reload: the session and the outbox. Keys and values are strings. */
export interface Storage {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * A value by what it is now, `undefined` for none: nobody writes it in between, in another tab neither. `change` may run more than
   * once.
   */
  update(key: string, change: (value: string | undefined) => string | undefined): Promise<void>;
  /** All entries whose key starts with `prefix`, ordered by key. */
  list(prefix: string): Promise<Array<[key: string, value: string]>>;
  /** Among all who share this storage. */
  readonly locks: Locks;
  /** Among the same; without it tabs learn of each other's changes when they look. */
  readonly channels?: Channels | undefined;
}

export const byKey = (a: readonly [string, string], b: readonly [string, string]): number => (a[0] < b[0] ? -1 : 1);

/** Lives as long as the object: for bots and tests. */
export function createMemoryStorage(): Storage {
  const items = new Map<string, string>();
  return {
    get: async (key) => items.get(key),
    set: async (key, value) => void items.set(key, value),
    delete: async (key) => void items.delete(key),
    async update(key, change) {
      const value = change(items.get(key));
      if (value === undefined) items.delete(key);
      else items.set(key, value);
    },
    list: async (prefix) => [...items].filter(([key]) => key.startsWith(prefix)).sort(byKey),
    locks: createProcessLocks(),
    channels: createProcessChannels(),
  };
}
