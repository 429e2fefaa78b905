import type pg from 'pg';
import type { BackupHeader, TableHeader } from './frames.ts';

/** Every table of the schema with its columns; a partitioned one once, generated columns not at all. Tables come after those they refer to. */
export async function readTables(client: pg.ClientBase): Promise<TableHeader[]> {
  const { rows } = await client.query<TableHeader>(`
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    group by c.relname order by c.relname`);
  return orderByReferences(rows, await readReferences(client));
}

async function readReferences(client: pg.ClientBase): Promise<{ from: string; to: string }[]> {
  const { rows } = await client.query<{ from: string; to: string }>(`
    select f.relname as "from", t.relname as "to"
    from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    where k.contype = 'f' and k.conparentid = 0 and f.oid <> t.oid
      and f.relnamespace = current_schema()::regnamespace`);
  return rows;
}

export function orderByReferences(tables: TableHeader[], references: { from: string; to: string }[]): TableHeader[] {
  const ordered: TableHeader[] = [];
  const pending = new Map(tables.map((table) => [table.name, table]));
  while (pending.size > 0) {
    const waits = (name: string) => references.some(({ from, to }) => from === name && pending.has(to));
    const ready = [...pending.values()].filter(({ name }) => !waits(name));
    if (ready.length === 0)
      throw new Error(`these tables refer to each other in a circle: ${[...pending.keys()].join(', ')}`);
    ordered.push(...ready);
    for (const { name } of ready) pending.delete(name);
  }
  return ordered;
}

/** Partitions are made while running (the log has one a day), so the migrations alone do not bring them back. */
export async function readPartitions(client: pg.ClientBase): Promise<BackupHeader['partitions']> {
  const { rows } = await client.query<BackupHeader['partitions'][number]>(`
    select c.relname as name, p.relname as parent, pg_get_expr(c.relpartbound, c.oid) as bounds
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    where c.relispartition and c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
    order by c.oid`);
  return rows;
}

export async function readSequences(client: pg.ClientBase): Promise<BackupHeader['sequences']> {
  const { rows } = await client.query<BackupHeader['sequences'][number]>(`
    select sequencename as name, last_value::text as value from pg_sequences
    where schemaname = current_schema() and last_value is not null`);
  return rows;
}
