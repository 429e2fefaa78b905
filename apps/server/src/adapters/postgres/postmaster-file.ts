import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findBinaries } from './binaries.ts';
import { isAlive, signal, waitUntilDead, workingFolder } from './processes.ts';

const shutdowns: [NodeJS.Signals, number][] = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
];

export interface Postmaster {
  pid: number;
  folder: string;
  port: number;
  isReady: boolean;
}

/** What a running server says of itself (lines of postmaster.pid: number, folder, start, port, sockets, address, memory, state). */
export function readPostmaster(cluster: string): Postmaster | undefined {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    if (!Number.isInteger(pid) || pid <= 0) return undefined;
    return { pid, folder: lines[1] ?? '', port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The live server of exactly this folder, not a process that happens to have got its number. */
export function findServer(cluster: string): Postmaster | undefined {
  const server = readPostmaster(cluster);
  return server !== undefined && isAlive(server.pid) && isServerOf(cluster, server) ? server : undefined;
}

function isServerOf(cluster: string, server: Postmaster): boolean {
  const folder = workingFolder(server.pid) ?? server.folder;
  return existsSync(folder) && realpathSync(folder) === realpathSync(cluster);
}

/** Stops the server that a killed Parley left behind. Call it only as owner of the data folder. */
export async function stopOrphan(cluster: string): Promise<boolean> {
  const left = readPostmaster(cluster);
  if (left === undefined || !isAlive(left.pid)) return false;
  if (isServerOf(cluster, left)) {
    await stopServer(left.pid, cluster);
    return true;
  }
  // PostgreSQL refuses to start when the number in a left-over file now belongs to some other process.
  rmSync(join(cluster, 'postmaster.pid'));
  return false;
}

/**
 * Fast shutdown: sessions are ended, a checkpoint is written. If that takes too long, harder; nothing is lost then
 * either, the next start recovers from the WAL.
 */
export async function stopServer(pid: number, cluster: string): Promise<void> {
  for (const [name, milliseconds] of shutdowns) {
    if (process.platform === 'win32') spawnSync(findBinaries().pgCtl, ['stop', '-D', cluster, '-m', 'fast', '-W']);
    else signal(pid, name);
    if (await waitUntilDead(pid, milliseconds)) return;
  }
}
