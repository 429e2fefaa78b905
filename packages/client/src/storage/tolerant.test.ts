import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultStorages } from './default-storage.ts';
import { createConnection, type IdbDatabase, type IdbRequest, type IndexedDatabases } from './idb.ts';
import { createMemoryStorage, type Storage } from './storage.ts';
import { createTolerantStorage } from './tolerant.ts';

const full = async (): Promise<never> => {
  throw new DOMException('There is no room.', 'QuotaExceededError');
};

describe('a device that takes nothing', () => {
  const open = (): Storage => {
    const memory = createMemoryStorage();
    return createTolerantStorage({ ...memory, get: full, set: full, update: full, delete: full, list: full });
  };

  it('has a memory as long as the page lasts', async () => {
    const storage = open();
    await storage.set('b/2', 'two');
    await storage.set('b/1', 'one');
    await storage.update('b/1', (value) => `${value} more`);
    await storage.delete('b/2');
    expect(await storage.list('b/')).toEqual([['b/1', 'one more']]);
    expect(await storage.get('b/1')).toBe('one more');
    await storage.update('b/1', () => undefined);
    expect(await storage.get('b/1')).toBeUndefined();
  });
});

describe('a device that becomes full', () => {
  it('keeps what it has, and the page what has no room', async () => {
    const disk = createMemoryStorage();
    await disk.set('a/1', 'kept');
    const storage = createTolerantStorage({ ...disk, set: full, update: full });
    await storage.set('a/2', 'no room');
    await storage.update('a/1', (value) => `${value}, changed`);
    expect(await storage.list('a/')).toEqual([
      ['a/1', 'kept, changed'],
      ['a/2', 'no room'],
    ]);
    for (const key of ['a/1', 'a/2']) await storage.update(key, () => undefined);
    expect(await storage.list('a/')).toEqual([]);
    expect(await disk.list('a/')).toEqual([]);
  });

  it('has what is written once there is room again', async () => {
    const disk = createMemoryStorage();
    const set = vi.fn(disk.set).mockImplementationOnce(full);
    const storage = createTolerantStorage({ ...disk, set });
    await storage.set('a', 'no room');
    await storage.set('a', 'room');
    expect([await storage.get('a'), await disk.get('a')]).toEqual(['room', 'room']);
  });
});

describe('a page', () => {
  afterEach(() => vi.unstubAllGlobals());

  const use = async (): Promise<unknown> => {
    const { storage, outboxStorage } = defaultStorages({});
    for (const one of [storage, outboxStorage]) await one.set('key', 'value');
    return [await storage.get('key'), await outboxStorage.list('k')];
  };

  it.each([
    ['does not open', { open: vi.fn().mockThrow(new DOMException('Insecure.', 'SecurityError')) }],
    ['is missing', undefined],
  ])('works where the database %s and nothing can be stored', async (_, indexedDB) => {
    vi.stubGlobal('document', {});
    vi.stubGlobal('localStorage', { setItem: vi.fn().mockThrow(new Error('no')), removeItem: () => undefined });
    vi.stubGlobal('indexedDB', indexedDB);
    expect(await use()).toEqual(['value', [['key', 'value']]]);
  });

  it('works where even looking for storage throws', async () => {
    vi.stubGlobal('document', {});
    for (const name of ['localStorage', 'indexedDB']) {
      vi.stubGlobal(name, undefined);
      Object.defineProperty(globalThis, name, {
        configurable: true,
        get() {
          throw new DOMException('Insecure.', 'SecurityError');
        },
      });
    }
    expect(await use()).toEqual(['value', [['key', 'value']]]);
  });
});

describe('a connection', () => {
  type Request = ReturnType<IndexedDatabases['open']>;

  const build = (patienceMs = 1_000) => {
    const requests: Request[] = [];
    const databases: IndexedDatabases = {
      open() {
        const request = { result: { close: vi.fn() } as unknown as IdbDatabase } as Request;
        requests.push(request);
        return request;
      },
    };
    return { requests, open: createConnection(databases, 'test', { patienceMs, build: () => undefined }) };
  };
  const succeed = (request: IdbRequest<IdbDatabase> | undefined): void => request?.onsuccess?.();

  it('is one for all, until the browser has closed it', async () => {
    const { requests, open } = build();
    const both = [open(), open()];
    succeed(requests[0]);
    const [first, second] = await Promise.all(both);
    expect(second).toBe(first);
    first?.onclose?.();
    const third = open();
    succeed(requests[1]);
    expect(await third).not.toBe(first);
  });

  it('that does not come is asked for again, and closed should it come late', async () => {
    const { requests, open } = build(20);
    await expect(open()).rejects.toThrow('does not open');
    succeed(requests[0]);
    expect(requests[0]?.result.close).toHaveBeenCalledOnce();
    const again = open();
    succeed(requests[1]);
    expect(await again).toBe(requests[1]?.result);
  });
});
