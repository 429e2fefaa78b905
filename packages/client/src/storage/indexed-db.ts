import type { Channels } from './channel.ts';
import { committed, createConnection, type IdbRequest, type IdbStore, type IndexedDatabases, settled } from './idb.ts';
import type { Locks } from './locks.ts';
import { byKey, type Storage } from './storage.ts';

const table = 'items';

/** What the tabs of an origin share besides the database. */
export interface Shared {
  locks: Locks;
  channels?: Channels | undefined;
}

/** On IndexedDB: room for more than `localStorage`, and no wait on the main thread. A write resolves when it is committed. */
export function createIndexedDbStorage(databases: IndexedDatabases, shared: Shared, name = 'parley'): Storage {
  const open = createConnection(databases, name, { build: (database) => void database.createObjectStore(table) });

  const reading = async <T>(read: (store: IdbStore) => IdbRequest<T>): Promise<T> =>
    settled(read((await open()).transaction(table, 'readonly').objectStore(table)));

  const writing = async (write: (store: IdbStore) => IdbRequest<unknown>): Promise<void> => {
    const transaction = (await open()).transaction(table, 'readwrite');
    write(transaction.objectStore(table));
    await committed(transaction);
  };

  const list = async (prefix: string): Promise<Array<[string, string]>> => {
    const store = (await open()).transaction(table, 'readonly').objectStore(table);
    const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
    const entries = keys.map((key, index): [string, string] => [String(key), String(values[index] ?? '')]);
    return entries.filter(([key]) => key.startsWith(prefix)).sort(byKey);
  };

  return {
    get: async (key) => (await reading((store) => store.get(key))) as string | undefined,
    set: (key, value) => writing((store) => store.put(value, key)),
    delete: (key) => writing((store) => store.delete(key)),
    async update(key, change) {
      const transaction = (await open()).transaction(table, 'readwrite');
      const store = transaction.objectStore(table);
      const value = change((await settled(store.get(key))) as string | undefined);
      if (value === undefined) store.delete(key);
      else store.put(value, key);
      await committed(transaction);
    },
    list,
    locks: shared.locks,
    channels: shared.channels,
  };
}
