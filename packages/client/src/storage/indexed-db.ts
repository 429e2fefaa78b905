import type { Channels } from './channel.ts';
import { createConnection, type IdbRequest, type IdbStore, type IndexedDatabases, settled } from './idb.ts';
import type { Locks } from './locks.ts';
import { byKey, type Storage } from './storage.ts';
import { createTransact } from './transactions.ts';

const table = 'items';

/** What the tabs of an origin share besides the database. */
export interface Shared {
  locks: Locks;
  channels?: Channels | undefined;
}

/** On IndexedDB: room for more than `localStorage`, and no wait on the main thread. A write resolves when it is committed. */
export function createIndexedDbStorage(databases: IndexedDatabases, shared: Shared, name = 'parley'): Storage {
  const open = createConnection(databases, name, { build: (database) => void database.createObjectStore(table) });

  const transact = createTransact(open, [table]);
  const doing = <T>(mode: 'readonly' | 'readwrite', work: (store: IdbStore) => Promise<T>): Promise<T> =>
    transact(mode, (transaction) => work(transaction.objectStore(table)));
  const asking = <T>(mode: 'readonly' | 'readwrite', ask: (store: IdbStore) => IdbRequest<T>): Promise<T> =>
    doing(mode, (store) => settled(ask(store)));

  const list = async (prefix: string): Promise<Array<[string, string]>> => {
    const [keys, values] = await doing('readonly', (store) =>
      Promise.all([settled(store.getAllKeys()), settled(store.getAll())]),
    );
    const entries = keys.map((key, index): [string, string] => [String(key), String(values[index] ?? '')]);
    return entries.filter(([key]) => key.startsWith(prefix)).sort(byKey);
  };

  return {
    get: async (key) => (await asking('readonly', (store) => store.get(key))) as string | undefined,
    set: async (key, value) => void (await asking('readwrite', (store) => store.put(value, key))),
    delete: async (key) => void (await asking('readwrite', (store) => store.delete(key))),
    update: (key, change) =>
      doing('readwrite', async (store) => {
        const value = change((await settled(store.get(key))) as string | undefined);
        await settled(value === undefined ? store.delete(key) : store.put(value, key));
      }),
    list,
    locks: shared.locks,
    channels: shared.channels,
  };
}
