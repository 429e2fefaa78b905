import { type SpawnOptions, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Binaries, findBinaries } from './binaries.ts';

const nobody = 65534;
const unshare = ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`];

/** How PostgreSQL's programs are started. It refuses to run as root, also in containers where root is all there is. */
export interface RunAs {
  /** Put before the program, for example unshare and its options. */
  prefix: string[];
  options: Pick<SpawnOptions, 'uid' | 'gid'>;
  binaries: Binaries;
  /** The owner that the data files must have, if they must be given to somebody. */
  owner?: number;
}

/**
 * As root, a user namespace in which root's files belong to an ordinary user: everything stays in place, also under a
 * closed folder such as /root. Where namespaces are forbidden, a real ordinary user, if it can reach the data folder.
 */
export function chooseRunAs(dataDir: string): RunAs {
  const binaries = findBinaries();
  if (process.geteuid?.() !== 0) return { prefix: [], options: {}, binaries };
  const [command, ...args] = unshare;
  const probe = spawnSync(command!, [...args, binaries.postgres, '--version'], { encoding: 'utf8' });
  if (probe.status === 0) return { prefix: unshare, options: {}, binaries, owner: 0 };
  return asOrdinaryUser(dataDir, binaries, probe.stderr ?? probe.error?.message ?? '');
}

function asOrdinaryUser(dataDir: string, inPackage: Binaries, whyNoNamespace: string): RunAs {
  const options = { uid: nobody, gid: nobody };
  const runs = (binaries: Binaries) => spawnSync(binaries.postgres, ['--version'], options).status === 0;
  if (statSync(dataDir).uid === 0) chmodSync(dataDir, 0o711);
  const binaries = runs(inPackage) ? inPackage : copyBinaries(inPackage, dataDir);
  const canEnter = spawnSync('ls', ['-d', join(dataDir, '.')], options).status === 0;
  if (canEnter && runs(binaries)) return { prefix: [], options, binaries, owner: nobody };
  throw new Error(
    'PostgreSQL does not run as root. A user namespace is not possible here ' +
      `(${whyNoNamespace.trim() || 'unshare failed'}), and the user ${nobody} cannot enter ${dataDir}. ` +
      'Set PARLEY_DATA to a folder that other users may enter (such as /var/lib/parley), start Parley as an ordinary ' +
      'user, or set DATABASE_URL.',
  );
}

/** The package may lie under a folder that the ordinary user cannot enter; the data folder must be one that it can. */
function copyBinaries(binaries: Binaries, dataDir: string): Binaries {
  const copy = join(dataDir, `postgres-binaries-${binaries.major}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    cpSync(binaries.folder, unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, copy);
  }
  return findBinaries(copy);
}

/** Gives the data files to the user that PostgreSQL runs as; nothing to do if they are already that user's. */
export function giveTo(owner: number | undefined, path: string): void {
  if (owner === undefined || statSync(path).uid === owner) return;
  if (statSync(path).isDirectory()) {
    const result = spawnSync('chown', ['-R', `${owner}:${owner}`, path], { encoding: 'utf8' });
    if (result.status !== 0) throw new Error(`Cannot give ${path} to user ${owner}: ${result.stderr}`);
  } else {
    chownSync(path, owner, owner);
  }
}
