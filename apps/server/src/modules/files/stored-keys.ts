import type pg from 'pg';

/** Every object that a row names, in the snapshot of the session. Older schemas have none. */
export async function storedKeys(client: pg.ClientBase): Promise<string[]> {
  const { rows: tables } = await client.query(`select to_regclass('files') as files`);
  if (tables[0]?.files === null) return [];
  const { rows } = await client.query<{ key: string }>(`
    select object_key as key from files where status in ('processing', 'ready')
    union select thumbnail_key from files where thumbnail_key is not null
    union select object_key from file_parts
    union select substr(avatar_url, 2) from users where avatar_url like '/avatars/%'
    union select substr(avatar_url, 2) from chats where avatar_url like '/avatars/%'
    order by key`);
  return rows.map(({ key }) => key);
}
