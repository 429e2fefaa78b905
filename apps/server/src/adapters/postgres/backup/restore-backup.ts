import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { readPartitions, readTables } from './catalog.ts';
import { type BackupFiles, type BackupHeader, type Frame, readFrames, type TableHeader } from './frames.ts';
import type { BackupResult } from './write-backup.ts';

/**
 * Fills an empty database from a backup, in one transaction: all of it or nothing. The schema is made as it was at the
 * backup; newer migrations are for the next start. The database gets a new identity, so that clients which have seen
 * more than the backup holds load afresh.
 */
export async function restoreBackup(
  url: string,
  file: string,
  migrations: URL,
  files?: Pick<BackupFiles, 'put'>,
): Promise<BackupResult> {
  const client = new pg.Client({
    connectionString: url,
    options: '-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c TimeZone=UTC',
  });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('begin');
    await refuseNonEmpty(client);
    const result = await readInto(client, readFrames(file), migrations, files);
    await client.query('update database_identity set id = $1', [randomBytes(8).toString('hex')]);
    await client.query('commit');
    return result;
  } finally {
    await client.end();
  }
}

async function refuseNonEmpty(client: pg.Client): Promise<void> {
  const tables = await readTables(client);
  if (tables.length === 0) return;
  throw new Error(
    `The database is not empty (${tables.length} tables, ${tables[0]!.name} among them). Restore into a new one: another ` +
      'PARLEY_DATA folder, or a DATABASE_URL with an empty database.',
  );
}

async function readInto(
  client: pg.Client,
  frames: AsyncGenerator<Frame>,
  migrations: URL,
  files: Pick<BackupFiles, 'put'> | undefined,
): Promise<BackupResult> {
  const first = await frames.next();
  if (first.done || first.value.type !== 'header' || first.value.header.format !== 'parley-backup') {
    throw new Error('this is not a Parley backup');
  }
  await makeSchema(client, first.value.header, migrations);
  const stored: Record<string, number> = {};
  let next = await frames.next();
  while (!next.done && next.value.type === 'table') {
    const { table } = next.value;
    const copied = await copyTable(client, table, frames);
    stored[table.name] = copied.rows;
    next = copied.next;
  }
  if (next.done || next.value.type !== 'totals') throw new Error('the backup is not complete');
  compare(stored, next.value.totals.rows);
  for (const { name, value } of first.value.header.sequences) {
    await client.query('select setval($1::regclass, $2::bigint)', [pg.escapeIdentifier(name), value]);
  }
  const objects = await storeFiles(frames, files);
  return {
    objects,
    tables: Object.keys(stored).length,
    rows: Object.values(stored).reduce((sum, count) => sum + count, 0),
  };
}

async function makeSchema(client: pg.Client, header: BackupHeader, migrations: URL): Promise<void> {
  await client.query(
    'create table migrations (number integer primary key, name text not null, applied_at timestamptz not null default now())',
  );
  for (const { name } of header.migrations) {
    const sql = await readFile(new URL(name, migrations), 'utf8').catch((cause) => {
      throw new Error(
        `The backup was made by a newer Parley (this one has no ${name}). Restore it with that version.`,
        { cause },
      );
    });
    await client.query(sql);
  }
  const present = new Set((await readPartitions(client)).map(({ name }) => name));
  for (const { name, parent, bounds } of header.partitions) {
    if (present.has(name)) continue;
    await client.query(
      `create table ${pg.escapeIdentifier(name)} partition of ${pg.escapeIdentifier(parent)} ${bounds}`,
    );
  }
  // Migrations put first rows into some tables; the backup has its own.
  const tables = (await readTables(client)).map(({ name }) => pg.escapeIdentifier(name));
  await client.query(`truncate ${tables.join(', ')}`);
}

/** Copies data frames until the first frame of another kind. */
async function copyTable(client: pg.Client, table: TableHeader, frames: AsyncGenerator<Frame>) {
  let next = await frames.next();
  async function* rows() {
    for (; !next.done && next.value.type === 'data'; next = await frames.next()) yield next.value.data;
  }
  const columns = table.columns.map(pg.escapeIdentifier).join(', ');
  const copy = client.query(copyFrom(`copy ${pg.escapeIdentifier(table.name)} (${columns}) from stdin`));
  await pipeline(Readable.from(rows()), copy);
  return { rows: copy.rowCount, next };
}

/** Files come after the tables; they are in the store before the database is committed. Older backups have none. */
async function storeFiles(frames: AsyncGenerator<Frame>, files: Pick<BackupFiles, 'put'> | undefined): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-restore-'));
  const path = join(folder, 'file');
  let count = 0;
  try {
    let next = await frames.next();
    if (next.done) return 0;
    while (!next.done && next.value.type === 'file') {
      const { key } = next.value.file;
      next = await copyFile(path, frames);
      await files?.put(key, path);
      count += 1;
    }
    if (next.done || next.value.type !== 'end' || next.value.end.files !== count)
      throw new Error('the backup is not complete');
    return count;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes data frames to a local file, until the first frame of another kind. */
async function copyFile(path: string, frames: AsyncGenerator<Frame>): Promise<IteratorResult<Frame>> {
  let next = await frames.next();
  async function* bytes() {
    for (; !next.done && next.value.type === 'data'; next = await frames.next()) yield next.value.data;
  }
  await pipeline(Readable.from(bytes()), createWriteStream(path));
  return next;
}

function compare(stored: Record<string, number>, expected: Record<string, number>): void {
  for (const [name, rows] of Object.entries(expected)) {
    if (stored[name] !== rows)
      throw new Error(`${name}: the backup says ${rows} rows, ${stored[name] ?? 0} were restored`);
  }
}
