import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type EmbeddedPostgres, runningEmbeddedUrl, startEmbeddedPostgres } from './embedded.ts';
import { isAlive } from './processes.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const waiting = { timeout: 15_000, interval: 50 };
let dataDir: string;
let running: EmbeddedPostgres[];
let children: ChildProcess[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'parley-postgres-'));
  running = [];
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const server of running) await server.stop();
  // What a killed child left behind is stopped the way a user's next start would.
  if (children.length > 0) await (await startEmbeddedPostgres({ dataDir, logger: recorder() })).stop();
  rmSync(dataDir, { recursive: true });
});

function recorder() {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  return { lines, info: log, warn: log, error: log };
}

async function start(logger = recorder(), restartPauses?: number[]): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, logger, restartPauses });
  running.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Another Node process that owns the data folder; answers with its PostgreSQL's number. */
async function startInChild(): Promise<{ child: ChildProcess; postgres: number }> {
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)});
    const quiet = { info() {}, warn() {}, error() {} };
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, logger: quiet });
    process.stdout.write(String(server.pid()));`;
  const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [output] = await once(child.stdout!, 'data');
  return { child, postgres: Number(output) };
}

describe('the embedded PostgreSQL', () => {
  test('starts from nothing: UTF-8, checksums, safe writes, a private password', async () => {
    const { url } = await start();
    const [row] = await query(
      url,
      `SELECT current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
         current_setting('synchronous_commit') AS commit, current_setting('data_checksums') AS checksums,
         lower('ÄÉЖ') AS lower, current_setting('listen_addresses') AS addresses`,
    );
    expect(row).toEqual({
      encoding: 'UTF8',
      fsync: 'on',
      commit: 'on',
      checksums: 'on',
      lower: 'äéж',
      addresses: '127.0.0.1',
    });
    expect(statSync(join(dataDir, 'postgres-password')).mode & 0o777).toBe(0o600);
    await expect(query(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow('password');
    expect(runningEmbeddedUrl(dataDir)).toBe(url);
  });

  test('keeps its data over a stop and a start', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    await first.stop();
    expect(isAlive(first.pid())).toBe(false);
    expect(runningEmbeddedUrl(dataDir)).toBeUndefined();
    const second = await start();
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  test('does not take an initdb that was killed for a database', async () => {
    await (await start()).stop();
    rmSync(join(dataDir, 'postgres'), { recursive: true });
    mkdirSync(join(dataDir, 'postgres.new', 'base'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres.new', 'PG_VERSION'), '18\n');
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(existsSync(join(dataDir, 'postgres.new'))).toBe(false);
  });

  test('is restarted at the same address when it is killed', async () => {
    const logger = recorder();
    const server = await start(logger);
    await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    const killed = server.pid();
    process.kill(killed, 'SIGKILL');
    await vi.waitFor(() => expect(server.pid()).not.toBe(killed), waiting);
    expect(await query(server.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
    expect(logger.lines[0]).toContain('PostgreSQL died (SIGKILL)');
  });

  test('tells its owner when it cannot be restarted', async () => {
    const server = await start(recorder(), [50, 50, 50]);
    const reasons: Error[] = [];
    server.onExit((reason) => reasons.push(reason));
    const control = join(dataDir, 'postgres', 'global', 'pg_control');
    const saved = readFileSync(control);
    writeFileSync(control, 'broken');
    process.kill(server.pid(), 'SIGKILL');
    await vi.waitFor(() => expect(reasons).toHaveLength(1), { timeout: 30_000, interval: 100 });
    expect(reasons[0]!.message).toContain('PostgreSQL ended while starting');
    writeFileSync(control, saved);
  });

  test('stops and replaces the server that a killed Parley left behind', async () => {
    const { child, postgres } = await startInChild();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(postgres)).toBe(true);
    const logger = recorder();
    const server = await start(logger);
    expect(isAlive(postgres)).toBe(false);
    expect(server.pid()).not.toBe(postgres);
    expect(logger.lines).toEqual([expect.stringContaining('was killed')]);
  });

  test('does not stop a stranger whose number is in a left-over file', async () => {
    await (await start()).stop();
    writeFileSync(
      join(dataDir, 'postgres', 'postmaster.pid'),
      `${process.ppid}\n${dataDir}/postgres\n0\n5432\n\n\n\nready\n`,
    );
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });
});

describe('a data folder has one owner', () => {
  test('another process is refused by number, and nothing happens to the server', async () => {
    const { child, postgres } = await startInChild();
    await expect(start()).rejects.toThrow(`process ${child.pid}`);
    expect(isAlive(postgres)).toBe(true);
  });

  test('so is a second start in the same process', async () => {
    const { url } = await start();
    await expect(start()).rejects.toThrow('PARLEY_DATA');
    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  test('a claim of another container counts while it is touched', async () => {
    await (await start()).stop();
    const claim = join(dataDir, 'owner', '1-1-elsewhere-1');
    writeFileSync(claim, '');
    const touching = setInterval(() => utimesSync(claim, new Date(), new Date()), 300);
    await expect(start()).rejects.toThrow('another container');
    clearInterval(touching);
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(claim, longAgo, longAgo);
    await start();
  });

  test('of many that come at once at most one gets it, and then it can be had again', async () => {
    await (await start()).stop();
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => start()));
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
    for (const server of running.splice(0)) await server.stop();
    expect(readdirSync(join(dataDir, 'owner'))).toEqual([]);
    await start();
  });
});
