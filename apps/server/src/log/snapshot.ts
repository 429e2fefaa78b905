import type { Db, Trx } from '../db/schema.ts';

/** Several reads of one moment: rows and the positions of their topics agree. */
export function snapshot<T>(db: Db, read: (trx: Trx) => Promise<T>): Promise<T> {
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read);
}
