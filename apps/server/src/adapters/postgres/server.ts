import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPostmaster } from './postmaster-file.ts';
import { signal } from './processes.ts';
import type { RunAs } from './run-as.ts';

const maxLogBytes = 10 * 1024 * 1024;
/** Recovery after a crash reads the WAL since the last checkpoint; on a slow disk that takes a while. */
const startDeadline = 10 * 60_000;

/** fsync and synchronous_commit stay on: an acknowledged message survives a power cut. */
const configuration = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  wal_compression: 'on',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  tcp_keepalives_idle: '60',
  tcp_keepalives_interval: '10',
  tcp_keepalives_count: '3',
  cluster_name: 'parley',
};

export interface Launch {
  cluster: string;
  port: number;
  logFile: string;
  runAs: RunAs;
}

/** Starts one PostgreSQL and answers when it takes connections. It is in a process group of its own: Ctrl-C is for Parley, which drains first. */
export async function launch(settings: Launch, abort?: AbortSignal): Promise<ChildProcess> {
  const child = spawnPostgres(settings);
  const failure = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      reject(
        new Error(`PostgreSQL ended while starting (${signal ?? `code ${code}`}):\n${lastLines(settings.logFile)}`),
      );
    });
  });
  try {
    await Promise.race([waitUntilReady(settings.cluster, child, abort), failure]);
    return child;
  } catch (error) {
    if (child.pid !== undefined && child.exitCode === null) signal(child.pid, 'SIGQUIT');
    throw error;
  }
}

function spawnPostgres({ cluster, port, logFile, runAs }: Launch): ChildProcess {
  const [command, ...args] = [
    ...runAs.prefix,
    runAs.binaries.postgres,
    '-D',
    cluster,
    '-p',
    String(port),
    ...Object.entries(configuration).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  keepLogSmall(logFile);
  const log = openSync(logFile, 'a', 0o600);
  try {
    const env = { ...process.env, LC_ALL: 'C' };
    return spawn(command!, args, { ...runAs.options, env, detached: true, stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}

async function waitUntilReady(cluster: string, child: ChildProcess, abort?: AbortSignal): Promise<void> {
  const deadline = Date.now() + startDeadline;
  while (child.exitCode === null && child.signalCode === null) {
    const server = readPostmaster(cluster);
    // On Windows the number is that of a child of the child.
    if (server?.isReady && (server.pid === child.pid || process.platform === 'win32')) return;
    if (Date.now() > deadline)
      throw new Error('PostgreSQL is not ready after ten minutes; see postgres.log in the data folder.');
    await sleep(20, undefined, { signal: abort });
  }
}

function keepLogSmall(logFile: string): void {
  if (existsSync(logFile) && statSync(logFile).size > maxLogBytes) renameSync(logFile, `${logFile}.1`);
}

function lastLines(logFile: string): string {
  return readFileSync(logFile, 'utf8').trim().split('\n').slice(-6).join('\n');
}

export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
