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
  /** As it is now, whoever wrote it last; what it became, or nothing where it is gone. */
  alter(clientMessageId: string, change: (item: OutboxItem) => OutboxItem): Promise<OutboxItem | undefined>;
  /** False: it has changed since. */
  removeUnchanged(entry: Entry): Promise<boolean>;
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

  const find = async (id: string): Promise<Entry | undefined> =>
    (await all()).find(({ item }) => item.clientMessageId === id);

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
    find,
    async alter(id, change) {
      const entry = await find(id);
      if (entry === undefined) return undefined;
      let item: OutboxItem | undefined;
      await storage.update(entry.key, (value) => {
        item = value === undefined ? undefined : change(JSON.parse(value) as OutboxItem);
        return item && JSON.stringify(item);
      });
      return item;
    },
    async removeUnchanged({ key, item }) {
      let isGone = true;
      await storage.update(key, (value) => {
        isGone = value === undefined || value === JSON.stringify(item);
        return isGone ? undefined : value;
      });
      return isGone;
    },
  };
}
