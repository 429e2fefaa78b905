import type { Cache } from '../cache/cache.ts';
import { createIndexedDbCache } from '../cache/indexed-db-cache.ts';
import { createIndexedDbShelf, createMemoryShelf, type Shelf } from '../uploads/shelf.ts';
import type { IndexedDatabases } from './idb.ts';
import { createIndexedDbStorage } from './indexed-db.ts';
import { createLocalStorage, type LocalItems } from './local-storage.ts';
import { createMemoryStorage, type Storage } from './storage.ts';

interface Page {
  document?: object;
  localStorage?: LocalItems;
  indexedDB?: IndexedDatabases;
}

export interface Storages {
  storage: Storage;
  outboxStorage: Storage;
}

/** In a page: `localStorage` for the session, IndexedDB for the outbox. Elsewhere: memory. */
export function defaultStorages(given: Partial<Storages>): Storages {
  const storage = given.storage ?? pageStorage() ?? createMemoryStorage();
  return { storage, outboxStorage: given.outboxStorage ?? pageOutbox(given, storage) ?? storage };
}

/** Node has a `localStorage` too, which is not meant here. Reading it throws where the user forbids it. */
function pageStorage(): Storage | undefined {
  const page = globalThis as Page;
  if (page.document === undefined) return undefined;
  try {
    return page.localStorage === undefined ? undefined : createLocalStorage(page.localStorage);
  } catch {
    return undefined;
  }
}

function pageOutbox(given: Partial<Storages>, storage: Storage): Storage | undefined {
  const page = globalThis as Page;
  if (given.storage !== undefined || page.document === undefined || page.indexedDB === undefined) return undefined;
  return createIndexedDbStorage(page.indexedDB, storage);
}

/** In a page: IndexedDB, unless the session is kept elsewhere. Otherwise none. */
export function defaultCache(given: { cache?: Cache; storage?: Storage }): Cache | undefined {
  if (given.cache !== undefined) return given.cache;
  const { document, indexedDB } = globalThis as Page;
  if (given.storage !== undefined || document === undefined || indexedDB === undefined) return undefined;
  return createIndexedDbCache(indexedDB);
}

/** In a page: IndexedDB, unless the session is kept elsewhere. Otherwise memory. */
export function defaultShelf(given: { storage?: Storage }): Shelf {
  const { document, indexedDB } = globalThis as Page;
  const isInPage = given.storage === undefined && document !== undefined && indexedDB !== undefined;
  return isInPage ? createIndexedDbShelf(indexedDB) : createMemoryShelf();
}
