import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keep } from './programs.ts';

const main = fileURLToPath(new URL('../../apps/server/src/main.ts', import.meta.url));

/** Parley as it is started for people, in a process of its own. */
export interface System {
  /** Of a worker, where it says how it is. */
  port: number;
  pid: number;
  stop(): Promise<void>;
}

/** `BENCH_PROFILE=folder` writes a CPU profile of Parley there when it stops. */
function profiling(folder = process.env.BENCH_PROFILE): string[] {
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(folder)}`];
}

interface Options {
  databaseUrl: string;
  role?: 'all' | 'api' | 'message-worker';
  env?: Record<string, string>;
}

export async function startSystem({ databaseUrl, role = 'all', env = {} }: Options): Promise<System> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const child = spawn(process.execPath, ['--conditions=source', ...profiling(), main, '--port', '0', '--role', role], {
    cwd: dataDir,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PARLEY_DATA: dataDir,
      DATABASE_URL: databaseUrl,
      RATE_LIMITS: 'off',
      ACCESS_TOKEN_TTL: '86400',
      LOG_LEVEL: 'warn',
      NODE_ENV: 'production',
      ...env,
    },
  });
  const { stop } = keep({
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        await gone;
      }
      await rm(dataDir, { recursive: true, force: true });
    },
  });
  return { port: await portOf(child), pid: child.pid as number, stop };
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      const port = /(?:Parley is|The message worker says how it is) at http:\/\/[^\s]*:(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.once('exit', (code) => reject(new Error(`Parley ended (${code}): ${said}`)));
  });
}
