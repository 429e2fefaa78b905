import type { Db, Trx } from '../../db/schema.ts';
import type { Blobs } from './blobs.ts';
import { noteTrash, strikeTrash } from './store.ts';

const hour = 3_600_000;

export type Objects = ReturnType<typeof createObjects>;

/** Objects in the store that another module's rows name. An object that no row comes to name is removed by itself. */
export function createObjects({ db, blobs, now }: { db: Db; blobs: Blobs; now(): number }) {
  return {
    /** Writes it; until it is used it is garbage. */
    async put(key: string, path: string, mimeType: string): Promise<void> {
      await noteTrash(db, [key], new Date(now() + 24 * hour));
      await blobs.put(key, path, mimeType);
    },
    /** In the transaction that writes the row which names it. */
    use: (trx: Trx, key: string): Promise<void> => strikeTrash(trx, [key]),
    /** In the transaction after which no row names it. Pages that are open may show it for an hour yet. */
    letGo: (trx: Trx, key: string): Promise<void> => noteTrash(trx, [key], new Date(now() + hour)),
  };
}
