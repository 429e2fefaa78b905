#!/usr/bin/env node
// Every npm script comes through here. Plain JavaScript without dependencies: it runs before the install, on the
// machine's own Node (18 or later); everything after it runs on the Node 26 that the install brings.
import { check } from './steps/check.mjs';
import { runChildren } from './steps/children.mjs';
import { findNode } from './steps/find-node.mjs';
import { ensureInstalled } from './steps/install.mjs';
import { linkPostgresLibraries } from './steps/postgres-links.mjs';
import { fail } from './steps/project.mjs';
import { ensureWebApp } from './steps/web-build.mjs';

const commands = {
  start: async (node, args) => {
    if (servesPages(args)) ensureWebApp(node);
    return runChildren([{ name: 'server', node, args: ['apps/server/src/main.ts', ...args], ipc: true }]);
  },
  dev: (node, args) =>
    runChildren([
      {
        name: 'server',
        node,
        args: ['--watch', '--watch-preserve-output', 'apps/server/src/main.ts', ...args],
        ipc: true,
      },
      { name: 'web', node, args: ['../../node_modules/vite/bin/vite.js'], folder: 'apps/web' },
    ]),
  backup: program('apps/server/src/cli/backup.ts'),
  restore: program('apps/server/src/cli/restore.ts'),
  'dead-letters': program('apps/server/src/cli/dead-letters.ts'),
  partitions: program('apps/server/src/cli/partitions.ts'),
  generate: program('apps/server/src/cli/generate.ts'),
  'generate:keys': program('apps/server/src/cli/generate-keys.ts'),
  test: program('node_modules/vitest/vitest.mjs', 'run'),
  check,
  bench: program('bench/src/main.ts'),
  faults: program('tests/faults/main.ts'),
  screenshots: program('scripts/screenshots.mjs'),
  engines: program('scripts/engines.mjs'),
};

function program(file, ...first) {
  return (node, args) => runChildren([{ name: file, node, args: [file, ...first, ...args] }]);
}

/** The workers have no pages, so they need no web build. */
function servesPages(args) {
  const role = args[args.indexOf('--role') + 1] ?? '';
  return !args.includes('--role') || role === 'all' || role === 'api';
}

const [command = '', ...args] = process.argv.slice(2);
const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
if (run === undefined) fail(`Unknown command "${command}". Known: ${Object.keys(commands).join(', ')}.`);
ensureInstalled();
linkPostgresLibraries();
process.exitCode = await run(findNode(), args);
