import { spawnSync } from 'node:child_process';
import { environment, root } from './server.ts';

/** Once before all suites: the web app is built, and the server's sources are compiled for the many starts to come. */
export function setup(): void {
  buildWebApp();
  // It ends with a word on the flag, when all modules are loaded.
  spawnSync(process.execPath, ['--conditions=source', 'apps/server/src/main.ts', '--compile'], {
    cwd: root,
    env: environment(root),
  });
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
