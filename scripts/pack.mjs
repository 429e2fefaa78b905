#!/usr/bin/env node
// Packs what others may install: node scripts/pack.mjs [folder]. Like `npm pack` of each package, but with the scripts
// that compile it: .npmrc switches scripts off for everything, and a package without its dist is of no use.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fail, root, say } from './steps/project.mjs';

const packages = ['contract', 'client', 'realtime'];
const folder = resolve(process.argv[2] ?? '.');
const args = ['pack', '--ignore-scripts=false', '--silent', '--pack-destination', folder];
const { status, error } = spawnSync('npm', [...args, ...packages.flatMap((name) => ['-w', `packages/${name}`])], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
  shell: process.platform === 'win32',
});
if (error) fail(`Cannot run npm: ${error.message}`);
if (status !== 0) fail('npm pack failed; it said why above.');
say(`packed ${packages.join(', ')} into ${folder}`);
