import { tabChannels } from './channel.ts';
import { createLeaseLocks, type KeyValue } from './lease-locks.ts';
import { webLocks } from './locks.ts';
import { byKey, type Storage } from './storage.ts';

export interface LocalItems extends KeyValue {
  readonly length: number;
  key(index: number): string | null;
}

/** On the browser's `localStorage`, shared by all tabs of the origin. */
export function createLocalStorage(items: LocalItems, prefix = 'parley/'): Storage {
  const keys = (start: string): string[] => {
    const found: string[] = [];
    for (let index = 0; index < items.length; index += 1) {
      const key = items.key(index);
      if (key?.startsWith(start)) found.push(key);
    }
    return found;
  };
  return {
    get: async (key) => items.getItem(prefix + key) ?? undefined,
    set: async (key, value) => items.setItem(prefix + key, value),
    delete: async (key) => items.removeItem(prefix + key),
    async update(key, change) {
      const value = change(items.getItem(prefix + key) ?? undefined);
      if (value === undefined) items.removeItem(prefix + key);
      else items.setItem(prefix + key, value);
    },
    list: async (start) =>
      keys(prefix + start)
        .map((key): [string, string] => [key.slice(prefix.length), items.getItem(key) ?? ''])
        .sort(byKey),
    locks: webLocks(prefix) ?? createLeaseLocks(items, prefix),
    channels: tabChannels(prefix),
  };
}
