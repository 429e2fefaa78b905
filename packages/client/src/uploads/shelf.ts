import { createConnection, type IndexedDatabases, settled } from '../storage/idb.ts';
import { createTransact } from '../storage/transactions.ts';
import type { KeptUpload } from './upload.ts';

/** Where uploads are kept with their bytes. Keys are ids; another person who signs in here does not see them. */
export interface Shelf {
  all(userId: string): Promise<KeptUpload[]>;
  find(userId: string, id: string): Promise<KeptUpload | undefined>;
  bytes(userId: string, id: string): Promise<Blob | undefined>;
  /** Rejects where there is no room. */
  add(userId: string, upload: KeptUpload, bytes: Blob): Promise<void>;
  /** Changes what is known of it; nothing when it is not there. */
  change(userId: string, upload: KeptUpload): Promise<void>;
  remove(userId: string, id: string): Promise<void>;
}

const keyOf = (userId: string, id: string): string => `${userId}/${id}`;
const byAge = (a: KeptUpload, b: KeptUpload): number => (a.addedAt < b.addedAt ? -1 : 1);

/** As long as the object lives. */
export function createMemoryShelf(): Shelf {
  const items = new Map<string, { upload: KeptUpload; bytes: Blob }>();
  return {
    all: async (userId) =>
      [...items]
        .filter(([key]) => key.startsWith(keyOf(userId, '')))
        .map(([, { upload }]) => upload)
        .sort(byAge),
    find: async (userId, id) => items.get(keyOf(userId, id))?.upload,
    bytes: async (userId, id) => items.get(keyOf(userId, id))?.bytes,
    add: async (userId, upload, bytes) => void items.set(keyOf(userId, upload.id), { upload, bytes }),
    async change(userId, upload) {
      const key = keyOf(userId, upload.id);
      const known = items.get(key);
      if (known !== undefined) items.set(key, { ...known, upload });
    },
    remove: async (userId, id) => void items.delete(keyOf(userId, id)),
  };
}

const tables = ['uploads', 'bytes'] as const;

/** On IndexedDB. The bytes have a table of their own, so that looking at what there is does not touch them. */
export function createIndexedDbShelf(databases: IndexedDatabases, name = 'parley-uploads'): Shelf {
  const database = createConnection(databases, name, {
    build: (opened) => {
      for (const table of tables) opened.createObjectStore(table);
    },
  });
  const transact = createTransact(database, tables);
  const find = (table: (typeof tables)[number], key: string): Promise<unknown> =>
    transact('readonly', (transaction) => settled(transaction.objectStore(table).get(key)));

  return {
    async all(userId) {
      const [keys, values] = await transact('readonly', (transaction) => {
        const store = transaction.objectStore('uploads');
        return Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
      });
      const mine = keys.flatMap((key, index) =>
        String(key).startsWith(keyOf(userId, '')) ? [values[index] as KeptUpload] : [],
      );
      return mine.sort(byAge);
    },
    find: async (userId, id) => (await find('uploads', keyOf(userId, id))) as KeptUpload | undefined,
    bytes: async (userId, id) => (await find('bytes', keyOf(userId, id))) as Blob | undefined,
    add: (userId, upload, bytes) =>
      transact('readwrite', async (transaction) => {
        await settled(transaction.objectStore('uploads').put(upload, keyOf(userId, upload.id)));
        await settled(transaction.objectStore('bytes').put(bytes, keyOf(userId, upload.id)));
      }),
    change: (userId, upload) =>
      transact('readwrite', async (transaction) => {
        const store = transaction.objectStore('uploads');
        const key = keyOf(userId, upload.id);
        if ((await settled(store.get(key))) !== undefined) await settled(store.put(upload, key));
      }),
    remove: (userId, id) =>
      transact('readwrite', async (transaction) => {
        for (const table of tables) await settled(transaction.objectStore(table).delete(keyOf(userId, id)));
      }),
  };
}
