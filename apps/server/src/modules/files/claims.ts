import type { Db } from '../../db/schema.ts';
import { claimOwn, type FileRow } from './store.ts';

/** Undefined: there is no such file, or it is another's. */
export type Claimed = FileRow | undefined;

/**
 * One's own files in the order asked for. For a message that is to come, or is not to come after all:
 * they will not be removed for a day.
 */
export async function claimFiles(db: Db, userId: string, fileIds: readonly string[], now: number): Promise<Claimed[]> {
  if (fileIds.length === 0) return [];
  const rows = await claimOwn(db, userId, fileIds, new Date(now));
  const files = new Map(rows.map((file) => [file.id, file]));
  return fileIds.map((id) => files.get(id));
}
