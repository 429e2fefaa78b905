import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeCache } from '../cache/cache.suite.ts';
import type { Cache } from '../cache/cache.ts';
import { missingBrowser, startBrowser, type TestBrowser } from '../testing/browser.ts';
import type { Asked, tab } from '../testing/page.ts';

const name = missingBrowser === undefined ? 'in a real browser' : `in a real browser (skipped: ${missingBrowser})`;

type Tab = typeof tab;

/** Does something in a page: a method of its `tab`. */
const act = <M extends keyof Tab>(
  page: Page,
  method: M,
  ...given: Parameters<Tab[M]>
): Promise<Awaited<ReturnType<Tab[M]>>> =>
  page.evaluate(
    ({ method, given }) => {
      const { tab } = globalThis as unknown as { tab: Record<string, (...given: unknown[]) => unknown> };
      return tab[method]!(...given);
    },
    { method, given },
  ) as Promise<Awaited<ReturnType<Tab[M]>>>;

describe.skipIf(missingBrowser !== undefined)(name, () => {
  let browser: TestBrowser;
  let page: Page;
  let other: Page;
  let databases = 0;

  beforeAll(async () => {
    browser = await startBrowser();
    [page, other] = await Promise.all([browser.openTab(), browser.openTab()]);
  });
  afterAll(() => browser?.close());

  const cacheIn = (asked: Asked): Cache => ({
    open: (userId) => act(page, 'open', asked, userId),
    write: (batch) => act(page, 'write', asked, batch),
    wipe: (userId) => act(page, 'wipe', asked, userId),
    async *histories() {
      yield await act(page, 'histories', asked);
    },
  });

  describeCache('IndexedDB', () => {
    databases += 1;
    const database = `cache ${databases}`;
    let connection = 0;
    return () => {
      connection += 1;
      return cacheIn({ database, connection });
    };
  });

  describe('the cache on IndexedDB', () => {
    it('of another version is dropped, and not held open against a newer one', async () => {
      const old = cacheIn({ database: 'versions', connection: 1, version: 1 });
      await old.open('me');
      const batch = { userId: 'me', chats: [], histories: [], gone: [], letGo: [] };
      await old.write({ ...batch, person: { position: { epoch: 'e', offset: 1 } } as never });
      expect(await old.open('me')).toBeDefined();
      const newer = cacheIn({ database: 'versions', connection: 2, version: 2 });
      expect(await newer.open('me')).toBeUndefined();
      await expect(old.open('me')).rejects.toThrow(/version/i);
    });

    it('that is held by a tab that does not answer is none', async () => {
      await act(other, 'leave', 'held', 'open');
      const cache = cacheIn({ database: 'held', connection: 1, version: 2 });
      await expect(cache.open('me')).rejects.toThrow('older tab');
    });

    it('with something else in it is not to be had', async () => {
      await act(page, 'leave', 'strange', 'closed');
      const cache = cacheIn({ database: 'strange', connection: 1, version: 1 });
      await expect(cache.open('me')).rejects.toThrow();
    });
  });

  it('the storage on IndexedDB keeps, lists in order and forgets', async () => {
    expect(await act(page, 'useStorage')).toEqual([
      [
        ['b/1', 'at b/1'],
        ['b/2', 'at b/2'],
      ],
      [['b/2', 'at b/2']],
      'at c',
      'nothing',
    ]);
  });

  it('tabs change one value by what it is, and none of them loses what another wrote', async () => {
    await Promise.all([act(page, 'count', 100), act(other, 'count', 100)]);
    expect(await act(page, 'counted')).toBe('200');
  });

  it('a page that is set aside changes nothing until it is back', async () => {
    const before = Number(await act(other, 'counted'));
    await act(page, 'setAside');
    const counting = act(page, 'count', 10);
    await act(other, 'count', 5);
    expect(Number(await act(other, 'counted'))).toBe(before + 5);
    await act(page, 'comeBack');
    await counting;
    expect(Number(await act(other, 'counted'))).toBe(before + 15);
  });

  it('tabs hear each other, not themselves', async () => {
    await act(page, 'say', 'hello');
    await expect.poll(() => act(other, 'heard')).toEqual(['hello']);
    expect(await act(page, 'heard')).toEqual([]);
  });
});
