import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { findFreePort } from '../../../apps/server/src/adapters/postgres/server.ts';
import { systemPostgres } from '../../../apps/server/src/testing/postgres-system.ts';
import { killHard, untilGone } from '../../support/processes.ts';
import { until } from '../../support/until.ts';
import { familyOf, signalAll } from './family.ts';

/** Debian's PostgreSQL in a folder of its own, to be killed, stopped and starved. */
export interface FaultyPostgres {
  readonly url: string;
  kill9(): Promise<void>;
  /** On the same data; nothing happens if it runs. */
  start(): Promise<void>;
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** Small files of the write-ahead log, so that it fits on a small disk. */
const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', 'max_wal_size=64MB'];

export async function startFaultyPostgres(folder: string): Promise<FaultyPostgres> {
  const bin = systemPostgres();
  if (bin === undefined) throw new Error('PostgreSQL is not installed; npm run test:setup installs it');
  const user = systemUser();
  const password = randomBytes(12).toString('hex');
  const [data, passwordFile] = [join(folder, 'data'), join(folder, 'password')];
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid);
  const make = [
    '-D',
    data,
    '-U',
    'parley',
    '-A',
    'scram-sha-256',
    '--pwfile',
    passwordFile,
    '-E',
    'UTF8',
    '--no-locale',
  ];
  execFileSync(join(bin, 'initdb'), [...make, '--wal-segsize=4'], { ...user, stdio: 'ignore', cwd: folder });
  const port = await findFreePort();
  const url = `postgres://parley:${password}@127.0.0.1:${port}/postgres`;
  const flags = [`port=${port}`, ...settings].flatMap((setting) => ['-c', setting]);
  let child: ChildProcess | undefined;

  const isRunning = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;

  /** Its sessions with it: otherwise they would finish what they do. */
  async function kill9(): Promise<void> {
    if (!isRunning()) return;
    const family = familyOf(child!.pid!);
    signalAll(family, 'SIGSTOP');
    for (const pid of family) killHard(pid);
    for (const pid of family) await untilGone(pid);
  }

  async function start(): Promise<void> {
    if (!isRunning())
      child = spawn(join(bin!, 'postgres'), ['-D', data, ...flags], { ...user, stdio: 'ignore', cwd: folder });
    await until(() => answers(url), 'PostgreSQL answers', 60_000);
  }

  // Also when the run is interrupted.
  const end = (): void => {
    if (isRunning()) signalAll(familyOf(child!.pid!), 'SIGKILL');
  };
  process.once('exit', end);
  await start();
  return {
    url,
    kill9,
    start,
    pause: () => signalAll(familyOf(child!.pid!), 'SIGSTOP'),
    resume: () => signalAll(familyOf(child!.pid!), 'SIGCONT'),
    async stop() {
      process.off('exit', end);
      await kill9();
    },
  };
}

/** PostgreSQL refuses root; the package brought a user of its own. */
function systemUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}
