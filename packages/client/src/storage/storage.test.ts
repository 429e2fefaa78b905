import { describe, expect, it } from 'vitest';
import { createLeaseLocks } from './lease-locks.ts';
import { createLocalStorage, type LocalItems } from './local-storage.ts';
import { createProcessLocks, type Locks, webLocks } from './locks.ts';
import { createMemoryStorage } from './storage.ts';

/** What browsers give each origin. */
function buildItems(): LocalItems {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

describe.each([
  ['memory', createMemoryStorage],
  ['localStorage', () => createLocalStorage(buildItems())],
])('storage: %s', (_, open) => {
  it('keeps, lists in order and forgets', async () => {
    const storage = open();
    await storage.set('b/2', 'two');
    await storage.set('b/1', 'one');
    await storage.set('c', 'other');
    expect(await storage.get('b/1')).toBe('one');
    expect(await storage.list('b/')).toEqual([
      ['b/1', 'one'],
      ['b/2', 'two'],
    ]);
    await storage.update('b/1', (value) => `${value} more`);
    await storage.update('b/0', (value) => value);
    expect(await storage.list('b/')).toEqual([
      ['b/1', 'one more'],
      ['b/2', 'two'],
    ]);
    await storage.delete('b/1');
    expect(await storage.get('b/1')).toBeUndefined();
    expect(await storage.list('b/')).toEqual([['b/2', 'two']]);
  });
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const kinds: [string, () => Locks[]][] = [
  [
    'one process',
    () => {
      const locks = createProcessLocks();
      return [locks, locks];
    },
  ],
  ['Web Locks', () => [webLocks('test/')!, webLocks('test/')!]],
  [
    'leases',
    () => {
      const items = buildItems();
      return [createLeaseLocks(items, 'test/'), createLeaseLocks(items, 'test/')];
    },
  ],
];

describe.each(kinds)('locks: %s', (_, open) => {
  it('let one run at a time', async () => {
    const tabs = open();
    let running = 0;
    let most = 0;
    const run = async (): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      await pause(5);
      running -= 1;
      return running;
    };
    await Promise.all([0, 1, 0, 1].map((index) => tabs[index]!.hold('x', run)));
    expect(most).toBe(1);
  });

  it('are free again when the run fails', async () => {
    const [tab, other] = open();
    await expect(
      tab!.hold('x', async () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await other!.hold('x', async () => 'mine')).toBe('mine');
  });

  it('can be given up while waiting, and are then nobody’s', async () => {
    const [tab, other] = open();
    const { promise, resolve } = Promise.withResolvers<void>();
    const holding = tab!.hold('x', () => promise);
    await pause(60);
    const ending = new AbortController();
    const waiting = other!.hold('x', async () => 'never', ending.signal);
    const refused = expect(waiting).rejects.toThrow('enough');
    ending.abort(new Error('enough'));
    await refused;
    resolve();
    await holding;
    expect(await tab!.hold('x', async () => 'again')).toBe('again');
  });
});
