import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { followAside } from './aside.ts';
import type { IdbDatabase, IdbTransaction } from './idb.ts';
import { createTransact, type Transact } from './transactions.ts';

describe('transactions of a page that may be set aside', () => {
  let page: EventTarget;
  /** What became of each one. */
  let ends: Array<'under way' | 'committed' | 'given up'>;
  let commits: Array<() => void>;
  let transact: Transact;

  function begin(): IdbTransaction {
    const index = ends.push('under way') - 1;
    const end = (how: 'committed' | 'given up', tell: () => void): void => {
      if (ends[index] !== 'under way') throw new Error('It has ended.');
      ends[index] = how;
      tell();
    };
    const transaction = {
      oncomplete: null,
      onabort: null,
      error: null,
      abort: () => end('given up', () => transaction.onabort?.()),
    } as unknown as IdbTransaction;
    commits.push(() => end('committed', () => transaction.oncomplete?.()));
    return transaction;
  }

  const leave = (persisted: boolean) => page.dispatchEvent(Object.assign(new Event('pagehide'), { persisted }));
  const comeBack = () => page.dispatchEvent(new Event('pageshow'));

  beforeEach(() => {
    [page, ends, commits] = [new EventTarget(), [], []];
    const database = { transaction: begin } as unknown as IdbDatabase;
    transact = createTransact(async () => database, ['items'], followAside(page as never));
  });

  it('gives up what is under way when it is set aside, and does it again when it is back', async () => {
    const done = transact('readwrite', async () => 'done');
    await pause(1);
    leave(true);
    expect(ends).toEqual(['given up']);
    await pause(1);
    expect(ends).toHaveLength(1);
    comeBack();
    await pause(1);
    commits[1]!();
    expect(await done).toBe('done');
  });

  it('begins nothing while it is set aside', async () => {
    leave(true);
    const done = transact('readonly', async () => 'done');
    await pause(1);
    expect(ends).toEqual([]);
    comeBack();
    await pause(1);
    commits[0]!();
    expect(await done).toBe('done');
  });

  it('lets a page that goes for good finish, and does no failed work again', async () => {
    const failing = transact('readwrite', () => Promise.reject(new Error('full')));
    leave(false);
    await expect(failing).rejects.toThrow('full');
    expect(ends).toEqual(['given up']);
  });
});
