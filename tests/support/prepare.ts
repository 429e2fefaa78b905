import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment, root } from './server.ts';

/**
 * Once before all suites: the web app is built, and the server's sources are compiled for the many starts to come. What suites
 * share is in a folder that is removed after the last one.
 */
export function setup(): () => void {
  buildWebApp();
  // It ends with a word on the flag, when all modules are loaded.
  spawnSync(process.execPath, ['--conditions=source', 'apps/server/src/main.ts', '--compile'], {
    cwd: root,
    env: environment(root),
  });
  const shared = mkdtempSync(join(tmpdir(), 'parley-tests-'));
  process.env.PARLEY_TESTS_SHARED = shared;
  return () => rmSync(shared, { recursive: true, force: true });
}

/** Builds the web app if it is older than its sources, as `npm start` does. */
function buildWebApp(): void {
  const build = "import { ensureWebApp } from './scripts/steps/web-build.mjs'; ensureWebApp(process.execPath);";
  const { status, stderr, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', build], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the web app does not build:\n${stdout}${stderr}`);
}
