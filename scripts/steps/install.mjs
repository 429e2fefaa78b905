import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fail, inProject, isReadOnly, root, say } from './project.mjs';

const lockFile = inProject('package-lock.json');
const modules = inProject('node_modules');
const stamp = inProject('node_modules', '.parley-installed');

/** Installs the dependencies unless node_modules already holds what package-lock.json asks for. */
export function ensureInstalled() {
  const lock = readFileSync(lockFile, 'utf8');
  const hash = createHash('sha256').update(lock).digest('hex');
  if (read(stamp) === hash) return;
  if (!installedByHand(lock)) {
    if (existsSync(modules) && !isWritable(modules)) return;
    install();
  }
  remember(hash);
}

/** npm writes down what it put into node_modules; after `npm install` by hand there is nothing left to do. */
function installedByHand(lock) {
  const record = read(inProject('node_modules', '.package-lock.json'));
  if (record === undefined) return false;
  const installed = JSON.parse(record).packages;
  return Object.entries(JSON.parse(lock).packages).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed[path];
    return found ? found.version === wanted.version : Boolean(wanted.optional || wanted.devOptional || wanted.peer);
  });
}

function install() {
  say('installing dependencies (once, takes a minute) ...');
  const viaNpm = process.env.npm_execpath;
  // Not `npm ci`: it refuses a lock file that leaves out packages of platforms which the registry did not have.
  // Versions and integrities come from the lock file here too, and --no-save leaves it as it is.
  const args = [
    'install',
    '--no-save',
    '--include=optional',
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const result = viaNpm?.endsWith('.js')
    ? spawnSync(process.execPath, [viaNpm, ...args], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (result.error) fail(`Cannot run npm: ${result.error.message}`);
  if (result.status !== 0) fail(`${adviceAfterFailure()}\nThen run the same command again.`);
}

function adviceAfterFailure() {
  return [
    'The install failed; npm said why above. Usual reasons:',
    '  EAI_AGAIN, ENOTFOUND, ETIMEDOUT: the registry cannot be reached (offline, or a proxy that npm does not know)',
    '  EACCES in the npm cache: give it a folder of your own, npm config set cache "$HOME/.npm-parley"',
    `  EACCES in ${modules}: install as the owner of this folder; afterwards it may be read-only`,
  ].join('\n');
}

function remember(hash) {
  try {
    writeFileSync(stamp, hash);
  } catch (error) {
    if (!isReadOnly(error)) throw error;
  }
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
