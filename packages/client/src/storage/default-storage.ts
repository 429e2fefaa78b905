import type { Cache } from '../cache/cache.ts';
import { createIndexedDbCache } from '../cache/indexed-db-cache.ts';
import { createIndexedDbShelf, createMemoryShelf, type Shelf } from '../uploads/shelf.ts';
import type { IndexedDatabases } from './idb.ts';
import { createIndexedDbStorage } from './indexed-db.ts';
import { createLocalStorage, type LocalItems } from './local-storage.ts';
import { createMemoryStorage, type Storage } from './storage.ts';
import { createTolerantStorage } from './tolerant.ts';

/** Written and taken away again. */
const probe = 'parley/probe';

interface Page {
  document?: object;
  localStorage?: LocalItems | null;
  indexedDB?: IndexedDatabases | null;
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

const isPage = (): boolean => (globalThis as Page).document !== undefined;

/** Node has a `localStorage` too, which is not meant here. Reading it, or writing to it, throws where the user forbids it. */
function pageStorage(): Storage | undefined {
  if (!isPage()) return undefined;
  try {
    const { localStorage } = globalThis as Page;
    localStorage?.setItem(probe, '');
    localStorage?.removeItem(probe);
    return localStorage == null ? undefined : createLocalStorage(localStorage);
  } catch {
    return undefined;
  }
}

/** Reading it, too, throws where the user forbids it. */
function pageDatabases(): IndexedDatabases | undefined {
  if (!isPage()) return undefined;
  try {
    return (globalThis as Page).indexedDB ?? undefined;
  } catch {
    return undefined;
  }
}

function pageOutbox(given: Partial<Storages>, storage: Storage): Storage | undefined {
  const databases = given.storage === undefined ? pageDatabases() : undefined;
  return databases && createTolerantStorage(createIndexedDbStorage(databases, storage));
}

/** In a page: IndexedDB, unless the session is kept elsewhere. Otherwise none. */
export function defaultCache(given: { cache?: Cache; storage?: Storage }): Cache | undefined {
  if (given.cache !== undefined) return given.cache;
  const databases = given.storage === undefined ? pageDatabases() : undefined;
  return databases && createIndexedDbCache(databases);
}

/** In a page: IndexedDB, unless the session is kept elsewhere. Otherwise memory. */
export function defaultShelf(given: { storage?: Storage }): Shelf {
  const databases = given.storage === undefined ? pageDatabases() : undefined;
  return databases === undefined ? createMemoryShelf() : createIndexedDbShelf(databases);
}
