import { readdir, readFile } from 'node:fs/promises';
import type pg from 'pg';
import { allowSilence } from './pool.ts';

const folder = new URL('./migrations/', import.meta.url);
const lockKey = 7_305_231_001;

interface Migration {
  number: number;
  name: string;
  sql: string;
}

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_.+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({
      number: Number(name.slice(0, 4)),
      name,
      sql: await readFile(new URL(name, folder), 'utf8'),
    })),
  );
}

/** Brings the schema up to date, each step in its own transaction, one process at a time. Returns the names of the steps taken. */
export async function migrate(pool: pg.Pool): Promise<string[]> {
  const client = await pool.connect();
  try {
    allowSilence(client);
    await client.query("set lock_timeout = '10min'; set statement_timeout = 0");
    await client.query('select pg_advisory_lock($1)', [lockKey]);
    return await applyMissing(client);
  } finally {
    // The session may hold the lock and loosened limits: it is not handed back.
    client.release(true);
  }
}

async function applyMissing(client: pg.PoolClient): Promise<string[]> {
  await client.query(
    'create table if not exists migrations (number integer primary key, name text not null, applied_at timestamptz not null default now())',
  );
  const { rows } = await client.query<{ number: number }>('select number from migrations');
  const applied = new Set(rows.map((row) => row.number));
  const all = await readMigrations();
  refuseNewerDatabase(applied, all);
  const missing = all.filter((migration) => !applied.has(migration.number));
  for (const migration of missing) await apply(client, migration);
  return missing.map((migration) => migration.name);
}

function refuseNewerDatabase(applied: Set<number>, all: Migration[]): void {
  const newest = Math.max(0, ...all.map((migration) => migration.number));
  const ahead = [...applied].filter((number) => number > newest);
  if (ahead.length > 0) {
    throw new Error(`The database is newer than this program (it has migration ${ahead[0]}); start the newer version.`);
  }
}

async function apply(client: pg.PoolClient, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.sql);
    await client.query('insert into migrations (number, name) values ($1, $2)', [migration.number, migration.name]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`migration ${migration.name} failed`, { cause: error });
  }
}
