import type { Cache, CacheBatch, CachedHistory } from '../cache/cache.ts';
import { createIndexedDbCache } from '../cache/indexed-db-cache.ts';
import { tabChannels } from '../storage/channel.ts';
import type { IdbDatabase, IndexedDatabases } from '../storage/idb.ts';
import { createIndexedDbStorage } from '../storage/indexed-db.ts';

/** What a test does in a page of a real browser. */

const { indexedDB } = globalThis as unknown as { indexedDB: IndexedDatabases };
const caches = new Map<string, Cache>();
const heard: string[] = [];
const channel = tabChannels('test/')!('words', (word) => heard.push(word));

/** One connection to one cache. */
export interface Asked {
  database: string;
  connection: number;
  version?: number;
}

function cacheOf({ database, connection, version }: Asked): Cache {
  const key = `${database} ${connection}`;
  const known = caches.get(key);
  if (known !== undefined) return known;
  const cache = createIndexedDbCache(indexedDB, { name: database, ...(version === undefined ? {} : { version }) });
  caches.set(key, cache);
  return cache;
}

async function historiesOf(asked: Asked): Promise<CachedHistory[]> {
  const all: CachedHistory[] = [];
  for await (const some of cacheOf(asked).histories()) all.push(...some);
  return all;
}

const openPlain = (name: string): Promise<IdbDatabase> =>
  new Promise((resolve) => {
    const request = indexedDB.open(name, 1);
    request.onsuccess = () => resolve(request.result);
  });

const openStorage = () => createIndexedDbStorage(indexedDB, { locks: { hold: (_, run) => run() } });

const counter = openStorage();

/** Counts up, without waiting in between. */
async function count(times: number): Promise<void> {
  const once = () => counter.update('count', (value) => String(Number(value ?? 0) + 1));
  await Promise.all(Array.from({ length: times }, once));
}

async function useStorage(): Promise<unknown[]> {
  const open = openStorage;
  const storage = open();
  for (const key of ['b/2', 'b/1', 'c']) await storage.set(key, `at ${key}`);
  const before = await storage.list('b/');
  await storage.delete('b/1');
  const again = open();
  return [before, await again.list('b/'), await again.get('c'), (await again.get('b/1')) ?? 'nothing'];
}

const tell = (name: string): void => {
  const { dispatchEvent } = globalThis as unknown as { dispatchEvent(event: Event): boolean };
  dispatchEvent(Object.assign(new Event(name), { persisted: true }));
};

export const tab = {
  open: (asked: Asked, userId: string) => cacheOf(asked).open(userId),
  write: (asked: Asked, batch: CacheBatch) => cacheOf(asked).write(batch),
  wipe: (asked: Asked, userId: string) => cacheOf(asked).wipe(userId),
  histories: (asked: Asked) => historiesOf(asked),
  /** A database as another version, or another program, would leave it; with `close` nobody holds it. */
  async leave(name: string, how: 'open' | 'closed') {
    const database = await openPlain(name);
    if (how === 'closed') database.close();
  },
  useStorage,
  count,
  counted: () => counter.get('count'),
  /** As when the page is left and may be shown again, and when it is. */
  setAside: () => tell('pagehide'),
  comeBack: () => tell('pageshow'),
  say: (word: string) => channel.say(word),
  heard: () => heard,
};

Object.assign(globalThis, { tab });
