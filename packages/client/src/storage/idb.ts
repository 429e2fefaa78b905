/** The part of IndexedDB that is needed, so that the SDK's types do not depend on a browser's. */
export interface IdbRequest<T> {
  result: T;
  error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

export interface IdbStore {
  get(key: string): IdbRequest<unknown>;
  put(value: unknown, key?: string): IdbRequest<unknown>;
  delete(key: string): IdbRequest<unknown>;
  clear(): IdbRequest<unknown>;
  getAll(): IdbRequest<unknown[]>;
  getAllKeys(): IdbRequest<unknown[]>;
  createIndex(name: string, keyPath: string): unknown;
  index(name: string): { getAllKeys(): IdbRequest<unknown[]> };
}

export interface IdbTransaction {
  objectStore(name: string): IdbStore;
  abort(): void;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
  error: unknown;
}

export interface IdbDatabase {
  readonly objectStoreNames: ArrayLike<string>;
  createObjectStore(name: string, options?: { keyPath: string }): IdbStore;
  deleteObjectStore(name: string): void;
  transaction(names: string | readonly string[], mode: 'readonly' | 'readwrite'): IdbTransaction;
  close(): void;
  onversionchange: (() => void) | null;
  onclose: (() => void) | null;
}

export interface IndexedDatabases {
  open(
    name: string,
    version: number,
  ): IdbRequest<IdbDatabase> & { onupgradeneeded: (() => void) | null; onblocked: (() => void) | null };
}

export const settled = <T>(request: IdbRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Resolves when all of it is stored. */
export const committed = (transaction: IdbTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('The transaction was given up.'));
  });

interface Opening {
  version?: number;
  /** A database that does not open in this time (held by another tab, broken) is none. */
  patienceMs?: number;
  /** Makes its tables. */
  build(database: IdbDatabase): void;
}

/** Opens a database when it is wanted; anew when it did not open, or when the browser has closed it since. */
export function createConnection(databases: IndexedDatabases, name: string, opening: Opening) {
  let connection: Promise<IdbDatabase> | undefined;
  return (): Promise<IdbDatabase> => {
    if (connection !== undefined) return connection;
    const forget = (): void => {
      if (connection === opened) connection = undefined;
    };
    const opened = connect(databases, name, opening, forget);
    connection = opened;
    opened.catch(forget);
    return opened;
  };
}

function connect(
  databases: IndexedDatabases,
  name: string,
  { version = 1, patienceMs = 6_000, build }: Opening,
  onLost: () => void,
): Promise<IdbDatabase> {
  return new Promise((resolve, reject) => {
    const request = databases.open(name, version);
    let isLate = false;
    const giveUp = (error: unknown): void => {
      isLate = true;
      clearTimeout(timer);
      reject(error);
    };
    const timer = setTimeout(() => giveUp(new Error(`The database ${name} does not open.`)), patienceMs);
    request.onupgradeneeded = () => build(request.result);
    request.onblocked = () => giveUp(new Error(`The database ${name} is held by an older tab.`));
    request.onerror = () => giveUp(request.error);
    request.onsuccess = () => {
      clearTimeout(timer);
      const database = request.result;
      if (isLate) return database.close();
      // A newer version of the app wants it: it must not wait for this tab.
      database.onversionchange = () => {
        database.close();
        onLost();
      };
      database.onclose = onLost;
      resolve(database);
    };
  });
}
