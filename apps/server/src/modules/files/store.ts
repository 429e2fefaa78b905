import { type Selectable, sql } from 'kysely';
import type { Database, Db, Trx } from '../../db/schema.ts';

export type FileRow = Selectable<Database['files']>;

export function findFile(db: Db, id: string): Promise<FileRow | undefined> {
  return db.selectFrom('files').selectAll().where('id', '=', id).executeTakeFirst();
}

export interface NewFile {
  id: string;
  ownerId: string;
  status: FileRow['status'];
  name: string;
  mimeType: string;
  size: number;
  objectKey: string;
  arrivesBy?: 'parts' | 'direct';
  expiresAt?: Date;
  now: Date;
  width?: number;
  height?: number;
}

export async function insertFile(trx: Trx, file: NewFile): Promise<FileRow> {
  return trx
    .insertInto('files')
    .values({
      id: file.id,
      owner_id: file.ownerId,
      status: file.status,
      name: file.name,
      mime_type: file.mimeType,
      size: file.size,
      object_key: file.objectKey,
      arrives_by: file.arrivesBy ?? null,
      expires_at: file.expiresAt ?? null,
      unused_since: file.now,
      is_told: file.status === 'ready',
      width: file.width ?? null,
      height: file.height ?? null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Bytes of all files of a person. Their row is held, so that two uploads at once cannot both have the last of the space. */
export async function holdUsage(trx: Trx, ownerId: string): Promise<number> {
  await sql`select 1 from users where id = ${ownerId}::uuid for no key update`.execute(trx);
  const { rows } = await sql<{ used: number }>`
    select coalesce(sum(size), 0)::bigint as used from files where owner_id = ${ownerId}::uuid and status <> 'rejected'`.execute(
    trx,
  );
  return rows[0]?.used ?? 0;
}

const day = 86_400_000;

/** A direct upload that was begun before its address ended may come to its end long after. */
export function removableAfter(
  { arrives_by, expires_at }: Pick<FileRow, 'arrives_by' | 'expires_at'>,
  now: Date,
): Date {
  if (arrives_by !== 'direct') return now;
  return new Date(Math.max(now.getTime(), expires_at?.getTime() ?? 0) + day);
}

/** From here on the object is garbage, unless it is struck out again. */
export async function noteTrash(db: Db, keys: readonly (string | null)[], removeAfter: Date): Promise<void> {
  const named = keys.filter((key) => key !== null);
  if (named.length === 0) return;
  await db
    .insertInto('blob_trash')
    .values(named.map((key) => ({ object_key: key, remove_after: removeAfter })))
    .onConflict((conflict) => conflict.column('object_key').doUpdateSet({ remove_after: removeAfter }))
    .execute();
}

export async function strikeTrash(trx: Trx, keys: readonly string[]): Promise<void> {
  await trx
    .deleteFrom('blob_trash')
    .where('object_key', 'in', [...keys])
    .execute();
}

/** Garbage to remove. Two that wrote the same object may have noted it twice: what a file names is none. */
export async function trashDue(db: Db, now: Date, limit: number): Promise<string[]> {
  await sql`
    delete from blob_trash t where remove_after <= ${now} and exists (
      select 1 from files f where f.object_key = t.object_key or f.thumbnail_key = t.object_key)`.execute(db);
  const rows = await db
    .selectFrom('blob_trash')
    .select('object_key')
    .where('remove_after', '<=', now)
    .orderBy('remove_after')
    .limit(limit)
    .execute();
  return rows.map((row) => row.object_key);
}

/** Files of one's own that may be sent; they count as used from now on, until somebody looks closer. */
export async function claimOwn(db: Db, ownerId: string, ids: readonly string[], now: Date): Promise<FileRow[]> {
  return db
    .updateTable('files')
    .set({ unused_since: now })
    .where('id', 'in', [...ids])
    .where('owner_id', '=', ownerId)
    .returningAll()
    .execute();
}

/** Whether the person is in a chat in which a message carries the file, and has not hidden that message. */
export async function isShownTo(db: Db, fileId: string, userId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1
    from message_files mf
    join chats c on c.id = mf.chat_id and c.deleted_at is null
    left join chat_members m on m.chat_id = mf.chat_id and m.user_id = ${userId}::uuid and m.left_at is null
    where mf.file_id = ${fileId}::uuid
      and (m.user_id is not null or (c.type = 'channel' and c.public_name is not null))
      and not exists (
        select 1 from hidden_messages h
        where h.chat_id = mf.chat_id and h.user_id = ${userId}::uuid and h.message_id = mf.message_id)
    limit 1`.execute(db);
  return rows.length > 0;
}

/** Where to tell of a file whose examination ended. The latest messages; older ones show it when loaded again. */
export async function messagesWith(
  db: Db,
  fileId: string,
  limit: number,
): Promise<{ chatId: string; messageId: string }[]> {
  return db
    .selectFrom('message_files as mf')
    .innerJoin('chats as c', 'c.id', 'mf.chat_id')
    .select(['mf.chat_id as chatId', 'mf.message_id as messageId'])
    .where('mf.file_id', '=', fileId)
    .where('c.deleted_at', 'is', null)
    .orderBy('mf.message_id', 'desc')
    .limit(limit)
    .execute();
}

/** How a file is entered once its bytes are in the store. */
export interface Kept {
  status: 'processing' | 'ready';
  mimeType: string;
  objectKey: string;
  now: Date;
  /** Of pictures that say how large they are. */
  width?: number;
  height?: number;
}

/** Undefined: it is no longer awaited. */
export async function setKept(
  trx: Trx,
  id: string,
  { status, mimeType, objectKey, now, width, height }: Kept,
): Promise<FileRow | undefined> {
  return trx
    .updateTable('files')
    .set({
      status,
      mime_type: mimeType,
      object_key: objectKey,
      arrives_by: null,
      is_told: status === 'ready',
      unused_since: now,
      width: width ?? null,
      height: height ?? null,
    })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .returningAll()
    .executeTakeFirst();
}

/** False: it was taken over before. */
export async function setArrived(db: Db, id: string, now: Date): Promise<boolean> {
  const row = await db
    .updateTable('files')
    .set({ status: 'processing', unused_since: now })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
