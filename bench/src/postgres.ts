import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../apps/server/src/adapters/postgres/embedded.ts';
import { keep } from './programs.ts';

export interface BenchPostgres {
  /** What the server writes: durations and plans, for databases that are told to. */
  logFile: string;
  pid(): number;
  /** A new database on the same server, so that all contenders share its settings and its disk. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

const silent = { info() {}, warn() {}, error() {} };

/** The embedded PostgreSQL as it comes, fsync included, in a folder that goes when it stops. */
export async function startPostgres(): Promise<BenchPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const server = await startEmbeddedPostgres({ dataDir, logger: silent });
  let stopped: Promise<void> | undefined;
  return keep({
    logFile: join(dataDir, 'postgres.log'),
    pid: server.pid,
    async createDatabase(name) {
      await query(server.url, `create database ${name}`);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    stop() {
      stopped ??= server.stop().then(() => rm(dataDir, { recursive: true, force: true }));
      return stopped;
    },
  });
}

export async function query<T extends object>(url: string, text: string, values: unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(text, values)).rows;
  } finally {
    await client.end();
  }
}
