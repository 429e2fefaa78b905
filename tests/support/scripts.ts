import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createOutput } from './output.ts';
import { environment, root } from './server.ts';

/** `npm run <name> -- <arguments>` on a data folder. */
export async function runScript(
  name: string,
  args: readonly string[],
  dataDir: string,
): Promise<{ code: number | null; words: string }> {
  const child = spawn(process.execPath, ['scripts/run.mjs', name, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(dataDir),
  });
  const output = createOutput(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, words: output.text() };
}
