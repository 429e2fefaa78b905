import { sql } from 'kysely';
import type { Db, Trx } from '../../db/schema.ts';
import type { Blobs } from './blobs.ts';
import { noteTrash, removableAfter, trashDue } from './store.ts';

interface Options {
  db: Db;
  blobs: Pick<Blobs, 'remove'>;
  now(): number;
}

const hour = 3_600_000;
const day = 24 * hour;
const batch = 200;

/**
 * Removes what nobody has any use for: uploads that never came to an end, files that were never sent or whose messages were
 * deleted a day ago, and objects that nothing names. Several instances may sweep at once.
 */
export function createSweep({ db, blobs, now }: Options) {
  const ago = (milliseconds: number) => new Date(now() - milliseconds);

  async function untilDone(step: () => Promise<number>): Promise<number> {
    let all = 0;
    for (;;) {
      const count = await step();
      all += count;
      if (count < batch) return all;
    }
  }

  /** Rows go first, with a note of what they named: a crash in between leaves trash, never a file without its bytes. */
  async function dropFiles(which: (trx: Trx) => Promise<string[]>): Promise<number> {
    return db.transaction().execute(async (trx) => {
      const ids = await which(trx);
      if (ids.length === 0) return 0;
      const parts = await trx.deleteFrom('file_parts').where('file_id', 'in', ids).returning('object_key').execute();
      const files = await trx
        .deleteFrom('files')
        .where('id', 'in', ids)
        .returning(['object_key', 'thumbnail_key', 'arrives_by', 'expires_at'])
        .execute();
      await noteTrash(
        trx,
        parts.map((part) => part.object_key),
        new Date(now()),
      );
      for (const file of files)
        await noteTrash(trx, [file.object_key, file.thumbnail_key], removableAfter(file, new Date(now())));
      return ids.length;
    });
  }

  const abandoned = async (trx: Trx): Promise<string[]> => {
    const { rows } = await sql<{ id: string }>`
      select id from files where status = 'pending' and expires_at < ${ago(0)}
      limit ${batch} for update skip locked`.execute(trx);
    return rows.map(({ id }) => id);
  };

  /** Those that are in use after all, also by what waits for its time, are looked at again when they are let go. */
  const unused = async (trx: Trx): Promise<string[]> => {
    const { rows } = await sql<{ id: string; is_used: boolean }>`
      select id, exists (select 1 from message_files mf where mf.file_id = f.id) or id in (
        select jsonb_array_elements_text(command->'media'->'fileIds')::uuid from scheduled_messages) as is_used
      from files f where unused_since < ${ago(day)} and status in ('ready', 'rejected')
      order by unused_since limit ${batch} for update skip locked`.execute(trx);
    const used = rows.filter(({ is_used }) => is_used).map(({ id }) => id);
    if (used.length > 0) await trx.updateTable('files').set({ unused_since: null }).where('id', 'in', used).execute();
    return rows.filter(({ is_used }) => !is_used).map(({ id }) => id);
  };

  /** A chat is deleted at once for everybody; what its messages carried is let go here. */
  async function letGoOfChats(): Promise<number> {
    return db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ file_id: string }>`
        delete from message_files where (chat_id, message_id, place) in (
          select mf.chat_id, mf.message_id, mf.place
          from chats c join message_files mf on mf.chat_id = c.id
          where c.deleted_at > ${ago(30 * day)} limit ${batch})
        returning file_id`.execute(trx);
      const ids = [...new Set(rows.map((row) => row.file_id))].sort();
      if (ids.length > 0)
        await trx
          .updateTable('files')
          .set({ unused_since: ago(0) })
          .where('id', 'in', ids)
          .execute();
      return rows.length;
    });
  }

  async function emptyTrash(): Promise<number> {
    const keys = await trashDue(db, ago(0), batch);
    await blobs.remove(keys);
    if (keys.length > 0) await db.deleteFrom('blob_trash').where('object_key', 'in', keys).execute();
    return keys.length;
  }

  return async (): Promise<{ files: number; objects: number }> => {
    await untilDone(letGoOfChats);
    const files = (await untilDone(() => dropFiles(abandoned))) + (await untilDone(() => dropFiles(unused)));
    return { files, objects: await untilDone(emptyTrash) };
  };
}
