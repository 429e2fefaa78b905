import { byKey, createMemoryStorage, type Storage } from './storage.ts';

/**
 * What the device does not take (a private window without a database, a full disk) lasts as long as the page, so that nothing is
 * lost at once because of it.
 */
export function createTolerantStorage(disk: Storage): Storage {
  const memory = createMemoryStorage();
  let found: Promise<boolean> | undefined;

  /** Found out once. */
  const isThere = (): Promise<boolean> => {
    found ??= disk.get('').then(
      () => true,
      () => false,
    );
    return found;
  };

  const remove = async (key: string): Promise<void> => {
    await memory.delete(key);
    if (await isThere()) await disk.delete(key);
  };

  const updateOnDisk: Storage['update'] = async (key, change) => {
    try {
      await disk.update(key, change);
    } catch (error) {
      const value = change(await disk.get(key));
      if (value === undefined) throw error;
      await memory.set(key, value);
    }
  };

  return {
    async get(key) {
      return (await memory.get(key)) ?? ((await isThere()) ? disk.get(key) : undefined);
    },
    async set(key, value) {
      try {
        if (!(await isThere())) return await memory.set(key, value);
        await disk.set(key, value);
        await memory.delete(key);
      } catch {
        await memory.set(key, value);
      }
    },
    delete: remove,
    async update(key, change) {
      if ((await isThere()) && (await memory.get(key)) === undefined) return updateOnDisk(key, change);
      await memory.update(key, change);
      if ((await memory.get(key)) === undefined) await remove(key);
    },
    async list(prefix) {
      const kept = (await isThere()) ? await disk.list(prefix) : [];
      return [...new Map([...kept, ...(await memory.list(prefix))])].sort(byKey);
    },
    locks: disk.locks,
    channels: disk.channels,
  };
}
