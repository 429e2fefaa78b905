import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { fail, inProject, root, say } from './project.mjs';

const sources = ['apps/web', 'packages/client', 'packages/contract', 'package-lock.json'];
const skipped = new Set(['node_modules', 'dist', '.vite', 'coverage']);
const web = inProject('apps', 'web');
const dist = join(web, 'dist');
const stamp = join(dist, '.stamp');

/** Builds the web app if its sources changed since the last build. Contents count, not times: a fresh clone of a built tree is not stale. */
export function ensureWebApp(node) {
  if (!existsSync(join(web, 'index.html'))) return;
  const hash = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  if (!canBuild()) {
    if (existsSync(join(dist, 'index.html')))
      return say('the web app is older than its sources, but this checkout is read-only; serving it as it is');
    fail(`The web app is not built and ${web} cannot be written. Run \`npm start\` once as the owner of this folder.`);
  }
  build(node);
  writeFileSync(stamp, hash);
}

function build(node) {
  say('building the web app ...');
  const vite = inProject('node_modules', 'vite', 'bin', 'vite.js');
  const result = spawnSync(node, ['--conditions=source', vite, 'build', '--logLevel', 'warn'], {
    cwd: web,
    stdio: 'inherit',
    // Whoever builds, also a test: what is served is never the build for development.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (result.status !== 0) fail('The web app did not build; the reason is above.');
  compress();
}

/** Compressed once, here, so that serving costs nothing. */
function compress() {
  for (const file of filesUnder(dist)) {
    if (!/\.(js|css|html|svg|json|webmanifest)$/.test(file)) continue;
    const content = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(content));
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
}

function hashOfSources() {
  const hash = createHash('sha256');
  for (const name of ['VITE_API_URL', 'VITE_WS_URL']) hash.update(`${name}=${process.env[name] ?? ''}\n`);
  for (const file of sources.flatMap((path) => filesUnder(inProject(path))))
    hash.update(relative(root, file)).update(readFileSync(file));
  return hash.digest('hex');
}

function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !skipped.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)]));
}

function canBuild() {
  try {
    mkdirSync(dist, { recursive: true });
    accessSync(dist, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
