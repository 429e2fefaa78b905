import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { findFreePort } from '../adapters/postgres/server.ts';

const packages = '/usr/lib/postgresql';

/** The folder with the programs of the newest PostgreSQL that Debian's packages installed. */
export function systemPostgres(): string | undefined {
  if (!existsSync(packages)) return undefined;
  const newest = readdirSync(packages)
    .filter((version) => existsSync(join(packages, version, 'bin/postgres')))
    .sort((a, b) => Number(b) - Number(a))[0];
  return newest && join(packages, newest, 'bin');
}

/** PostgreSQL refuses root; the package brought a user of its own. */
function systemUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function untilAnswers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error('the system PostgreSQL did not start');
}

/** One private PostgreSQL from Debian's package for a whole test run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const bin = systemPostgres();
  if (bin === undefined) throw new Error('PostgreSQL is not installed; npm run test:setup installs it');
  const user = systemUser();
  const folder = mkdtempSync(join(tmpdir(), 'parley-system-postgres-'));
  chmodSync(folder, 0o700);
  const password = randomBytes(12).toString('hex');
  writeFileSync(join(folder, 'password'), password, { mode: 0o600 });
  if (user) for (const path of [folder, join(folder, 'password')]) chownSync(path, user.uid, user.gid);
  const data = join(folder, 'data');
  const initdb = [
    '-D',
    data,
    '-U',
    'parley',
    '-A',
    'scram-sha-256',
    '--pwfile',
    join(folder, 'password'),
    '-E',
    'UTF8',
    '--no-locale',
  ];
  execFileSync(join(bin, 'initdb'), initdb, { ...user, stdio: 'ignore', cwd: folder });
  const port = await findFreePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'];
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...user,
    stdio: 'ignore',
    cwd: folder,
  });
  const url = `postgres://parley:${password}@127.0.0.1:${port}/postgres`;
  await untilAnswers(url);
  project.provide('postgresUrl', url);
  return async () => {
    server.kill('SIGINT');
    if (server.exitCode === null) await once(server, 'exit');
    rmSync(folder, { recursive: true, force: true });
  };
}
