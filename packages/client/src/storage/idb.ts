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
