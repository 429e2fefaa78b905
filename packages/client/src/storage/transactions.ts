import { type Aside, followAside } from './aside.ts';
import { committed, type IdbDatabase, type IdbTransaction } from './idb.ts';

/** Does the work in one transaction and resolves when it is committed. The work's requests follow each other; it may be done again. */
export type Transact = <T>(
  mode: 'readonly' | 'readwrite',
  work: (transaction: IdbTransaction) => Promise<T>,
) => Promise<T>;

/**
 * Safari keeps the transactions of a page that it sets aside, and whatever page comes next would wait for them without end. So
 * none is begun there, and one that is under way is given up and done again when the page is back.
 */
export function createTransact(
  database: () => Promise<IdbDatabase>,
  tables: readonly string[],
  aside: Aside = followAside(),
): Transact {
  return async (mode, work) => {
    for (;;) {
      await aside.over();
      const opened = await database();
      if (aside.isNow()) continue;
      const transaction = opened.transaction(tables, mode);
      let isGivenUp = false;
      const leave = aside.onBegin(() => {
        isGivenUp = abort(transaction);
      });
      try {
        return await finish(transaction, work);
      } catch (error) {
        if (!isGivenUp) throw error;
      } finally {
        leave();
      }
    }
  };
}

async function finish<T>(transaction: IdbTransaction, work: (transaction: IdbTransaction) => Promise<T>): Promise<T> {
  const done = committed(transaction);
  try {
    const result = await work(transaction);
    await done;
    return result;
  } catch (error) {
    done.catch(() => undefined);
    abort(transaction);
    throw error;
  }
}

/** One that has ended already (its own failure, a full disk) cannot be given up once more. */
function abort(transaction: IdbTransaction): boolean {
  try {
    transaction.abort();
    return true;
  } catch {
    return false;
  }
}
