import { sql } from 'kysely';
import type { Db } from '../../db/schema.ts';
import type { FileRow } from './store.ts';

const claimSeconds = 120;

/** Takes a file to examine: this one, or the oldest that nobody works on. Undefined: there is none. */
export async function claim(db: Db, id?: string): Promise<FileRow | undefined> {
  const { rows } = await sql<FileRow>`
    update files set claimed_until = now() + make_interval(secs => ${claimSeconds}), attempts = attempts + 1
    where id = (
      select id from files
      where status = 'processing' and (claimed_until is null or claimed_until < now())
        ${id === undefined ? sql`` : sql`and id = ${id}::uuid`}
      order by created_at limit 1 for update skip locked)
    returning *`.execute(db);
  return rows[0];
}

/** It will be tried again, not before then. The attempt does not count: it was no fault of the file. */
export async function postpone(db: Db, id: string, seconds: number): Promise<void> {
  await sql`
    update files set claimed_until = now() + make_interval(secs => ${seconds}), attempts = attempts - 1
    where id = ${id}::uuid and status = 'processing'`.execute(db);
}

/** Files whose examination ended and of which chats may not have been told. */
export async function untold(db: Db, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('files')
    .select('id')
    .where('is_told', '=', false)
    .where('status', 'in', ['ready', 'rejected'])
    .orderBy('created_at')
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

export async function setTold(db: Db, id: string): Promise<void> {
  await db.updateTable('files').set({ is_told: true }).where('id', '=', id).execute();
}

export interface Finding {
  status: 'ready' | 'rejected';
  name?: string;
  mimeType?: string;
  size?: number;
  objectKey?: string;
  thumbnailKey?: string | null;
  width?: number | null;
  height?: number | null;
}

/** False: it is gone meanwhile. */
export async function settle(db: Db, id: string, finding: Finding): Promise<boolean> {
  const { status, name, mimeType, size, objectKey, thumbnailKey, width, height } = finding;
  const row = await db
    .updateTable('files')
    .set({
      status,
      arrives_by: null,
      expires_at: null,
      claimed_until: null,
      ...(name === undefined ? {} : { name }),
      ...(mimeType === undefined ? {} : { mime_type: mimeType }),
      ...(size === undefined ? {} : { size }),
      ...(objectKey === undefined ? {} : { object_key: objectKey }),
      ...(thumbnailKey === undefined ? {} : { thumbnail_key: thumbnailKey }),
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
    })
    .where('id', '=', id)
    .where('status', '=', 'processing')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
