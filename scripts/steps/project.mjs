import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const inProject = (...parts) => join(root, ...parts);

export function say(message) {
  console.log(`parley: ${message}`);
}

export function fail(message) {
  console.error(`parley: ${message}`);
  process.exit(1);
}

/** What a write to a folder of a read-only checkout answers. */
export function isReadOnly(error) {
  return ['EACCES', 'EPERM', 'EROFS'].includes(error.code);
}
