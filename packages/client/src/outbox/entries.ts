import type { Storage } from '../storage/storage.ts';
import type { OutboxItem } from './item.ts';

/** An item and where it is kept. Keys order by the time of queueing. */
export interface Entry {
  readonly key: string;
  readonly item: OutboxItem;
}

export interface Entries {
  create(item: OutboxItem): Entry;
  put(entry: Entry): Promise<void>;
  remove(entry: Entry): Promise<void>;
  has(entry: Entry): Promise<boolean>;
  all(): Promise<Entry[]>;
  ofChat(chatId: string): Promise<Entry[]>;
  find(clientMessageId: string): Promise<Entry | undefined>;
}

export const outboxPrefix = (userId: string): string => `outbox/${userId}/`;

/** The outbox of one person in the storage. Another person who signs in here does not see it. */
export function createEntries(storage: Storage, userId: string): Entries {
  const prefix = outboxPrefix(userId);
  let created = 0;

  const all = async (): Promise<Entry[]> =>
    (await storage.list(prefix)).map(([key, value]) => ({ key, item: JSON.parse(value) as OutboxItem }));

  return {
    create(item) {
      created += 1;
      return { key: `${prefix}${item.queuedAt}-${String(created).padStart(8, '0')}-${item.clientMessageId}`, item };
    },
    put: ({ key, item }) => storage.set(key, JSON.stringify(item)),
    remove: ({ key }) => storage.delete(key),
    has: async ({ key }) => (await storage.get(key)) !== undefined,
    all,
    ofChat: async (chatId) => (await all()).filter(({ item }) => item.chatId === chatId),
    find: async (id) => (await all()).find(({ item }) => item.clientMessageId === id),
  };
}
