import { sql } from 'kysely';
import type { Db, Trx } from '../../db/schema.ts';

/** A piece of an upload that comes in parts. */
export interface Part {
  firstByte: number;
  size: number;
  objectKey: string;
}

/** What has arrived, in order. */
export async function partsOf(db: Db, fileId: string): Promise<Part[]> {
  return db
    .selectFrom('file_parts')
    .select(['first_byte as firstByte', 'size', 'object_key as objectKey'])
    .where('file_id', '=', fileId)
    .orderBy('first_byte')
    .execute();
}

/** False: another request has brought these bytes, or the upload is over. */
export async function addPart(trx: Trx, fileId: string, part: Part): Promise<boolean> {
  await sql`select 1 from files where id = ${fileId}::uuid and status = 'pending' for no key update`.execute(trx);
  const { rows } = await sql<{ offset: number }>`
    select coalesce((select sum(size) from file_parts where file_id = f.id), 0)::bigint as "offset"
    from files f where f.id = ${fileId}::uuid and f.status = 'pending'`.execute(trx);
  if (rows[0]?.offset !== part.firstByte) return false;
  await trx
    .insertInto('file_parts')
    .values({ file_id: fileId, first_byte: part.firstByte, size: part.size, object_key: part.objectKey })
    .execute();
  return true;
}

/** The keys of their objects, which nothing names any more. */
export async function removeParts(trx: Trx, fileId: string): Promise<string[]> {
  const rows = await trx.deleteFrom('file_parts').where('file_id', '=', fileId).returning('object_key').execute();
  return rows.map((row) => row.object_key);
}
