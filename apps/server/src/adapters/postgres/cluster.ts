import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveTo, type RunAs } from './run-as.ts';

export const superuser = 'parley';

export const clusterFolder = (dataDir: string) => join(dataDir, 'postgres');
const passwordFile = (dataDir: string) => join(dataDir, 'postgres-password');

export function readPassword(dataDir: string): string | undefined {
  const file = passwordFile(dataDir);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/** Makes the database files on the first start. A kill in the middle leaves no half-made cluster: the finished one is renamed into place. */
export async function prepareCluster(dataDir: string, runAs: RunAs): Promise<{ cluster: string; password: string }> {
  const cluster = clusterFolder(dataDir);
  if (!existsSync(cluster)) await createCluster(dataDir, cluster, runAs);
  else checkVersion(cluster, runAs.binaries.major);
  giveTo(runAs.owner, cluster);
  const password = readPassword(dataDir);
  if (password === undefined)
    throw new Error(`${passwordFile(dataDir)} is missing; without it ${cluster} cannot be opened.`);
  return { cluster, password };
}

async function createCluster(dataDir: string, cluster: string, runAs: RunAs): Promise<void> {
  const unfinished = `${cluster}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  // Made here and not by initdb, which may not be allowed to write into the data folder itself.
  mkdirSync(unfinished, { mode: 0o700 });
  writePassword(passwordFile(dataDir));
  giveTo(runAs.owner, unfinished);
  giveTo(runAs.owner, passwordFile(dataDir));
  await initdb(unfinished, passwordFile(dataDir), runAs);
  renameSync(unfinished, cluster);
}

function writePassword(file: string): void {
  if (existsSync(file)) return;
  writeFileSync(`${file}.new`, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function initdb(folder: string, pwfile: string, { prefix, options, binaries }: RunAs): Promise<void> {
  // The system's own C.UTF-8 exists on Linux only; characters are classed by PostgreSQL's builtin one in any case.
  const ctype = process.platform === 'linux' ? 'C.UTF-8' : 'C';
  const [command, ...args] = [
    ...prefix,
    binaries.initdb,
    `--pgdata=${folder}`,
    `--username=${superuser}`,
    `--pwfile=${pwfile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    `--lc-ctype=${ctype}`,
    '--data-checksums',
  ];
  return new Promise((resolve, reject) => {
    const env = { ...process.env, LC_ALL: 'C' };
    const child = spawn(command!, args, { ...options, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`initdb could not make the database in ${folder}:\n${output.trim()}`));
    });
  });
}

function checkVersion(cluster: string, major: string): void {
  const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (found === major) return;
  throw new Error(
    `${cluster} was made by PostgreSQL ${found}, this Parley brings ${major}. Write a backup with the version of ` +
      'Parley that made it (npm run backup) and restore it here into an empty data folder (npm run restore).',
  );
}
