import { existsSync } from 'node:fs';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { readPartitions, readSequences, readTables } from './catalog.ts';
import { type BackupFiles, type Frame, type TableHeader, writeFrames } from './frames.ts';

export interface BackupResult {
  tables: number;
  rows: number;
  /** Stored files. */
  objects: number;
}

/**
 * Writes all tables as they are at one moment (one repeatable-read snapshot), and the files they name, beside a running
 * server. Nothing is held in memory. A file is removed a day after the last row that named it at the earliest.
 */
export async function writeBackup(url: string, file: string, files?: BackupFiles): Promise<BackupResult> {
  if (existsSync(file)) throw new Error(`${file} is there already`);
  // A long COPY must not be ended by limits that the server's address or role may carry.
  const client = new pg.Client({
    connectionString: url,
    options: '-c statement_timeout=0 -c idle_in_transaction_session_timeout=0',
  });
  client.on('error', () => {});
  await client.connect();
  try {
    const result = { tables: 0, rows: 0, objects: 0 };
    await writeFrames(file, readAll(client, result, files));
    return result;
  } finally {
    await client.end();
  }
}

async function* readAll(
  client: pg.Client,
  result: BackupResult,
  files: BackupFiles | undefined,
): AsyncGenerator<Frame> {
  await client.query('begin isolation level repeatable read read only');
  const keys = (await files?.keys(client)) ?? [];
  yield* readDatabase(client, result);
  for (const key of keys) {
    const bytes = await files?.open(key);
    if (bytes === undefined) continue;
    yield { type: 'file', file: { key } };
    for await (const data of bytes) yield { type: 'data', data };
    result.objects += 1;
  }
  yield { type: 'end', end: { files: result.objects } };
}

async function* readDatabase(client: pg.Client, result: BackupResult): AsyncGenerator<Frame> {
  const tables = await readTables(client);
  if (tables.length === 0) throw new Error('There is nothing to back up: the database is empty.');
  yield { type: 'header', header: await readHeader(client) };
  const copies: Record<string, { rowCount: number }> = {};
  for (const table of tables) {
    yield { type: 'table', table };
    const copy = client.query(copyTo(selectAll(table)));
    for await (const data of copy) yield { type: 'data', data };
    copies[table.name] = copy;
  }
  // The counts are complete once the server has answered a later statement.
  await client.query('commit');
  const rows = Object.fromEntries(Object.entries(copies).map(([name, { rowCount }]) => [name, rowCount]));
  result.tables = Object.keys(rows).length;
  result.rows = Object.values(rows).reduce((sum, count) => sum + count, 0);
  yield { type: 'totals', totals: { rows } };
}

async function readHeader(client: pg.Client) {
  const { rows: migrations } = await client.query<{ number: number; name: string }>(
    'select number, name from migrations order by number',
  );
  return {
    format: 'parley-backup',
    version: 1,
    createdAt: new Date().toISOString(),
    migrations,
    partitions: await readPartitions(client),
    sequences: await readSequences(client),
  } as const;
}

/** COPY of a partitioned table itself is not possible before PostgreSQL 18; of a query it is. */
function selectAll({ name, columns }: TableHeader): string {
  return `copy (select ${columns.map(pg.escapeIdentifier).join(', ')} from ${pg.escapeIdentifier(name)}) to stdout`;
}
