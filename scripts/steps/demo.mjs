import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './project.mjs';
import { ensureWebApp } from './web-build.mjs';

/** A server with the demo, on a folder of its own. */
export async function startDemo() {
  ensureWebApp(process.execPath);
  const data = mkdtempSync(join(tmpdir(), 'parley-demo-'));
  const args = ['--conditions=source', 'apps/server/src/main.ts', '--port', '0', '--demo'];
  const env = { ...process.env, PARLEY_DATA: data, LOG_LEVEL: 'fatal', RATE_LIMITS: 'off' };
  const server = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    let printed = '';
    server.stdout.on('data', (chunk) => {
      printed += chunk;
      const address = /^Parley is at (\S+)$/m.exec(printed)?.[1];
      if (address !== undefined) resolve(address);
    });
    ended.then(() => reject(new Error(`the server ended before it was there:\n${printed}`)));
  });
  const stop = async () => {
    server.kill();
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  return { url, stop };
}
