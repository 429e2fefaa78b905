import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { printTable } from './report.ts';
import { listen } from './servers/control.ts';
import { median } from './stats.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const rounds = 5;
const deadlineMs = 120_000;

/** `npm start` as one types it, on data that is there already, until `/health/ready` answers 200. */
export async function benchStart(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  try {
    const cold = await startOnce(dataDir);
    const warm: number[] = [];
    for (let round = 0; round < rounds; round += 1) warm.push(await startOnce(dataDir));
    printTable(
      'Start: from `npm start` to the first answer of /health/ready, embedded PostgreSQL',
      ['', 'seconds'],
      [
        ['first, on an empty folder', cold / 1000],
        [`warm, median of ${rounds}`, median(warm) / 1000],
        ['warm, slowest', Math.max(...warm) / 1000],
      ],
    );
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function startOnce(dataDir: string): Promise<number> {
  const port = await freePort();
  const began = performance.now();
  const child = spawn('npm', ['start', '--silent', '--', '--port', String(port)], {
    cwd: project,
    // A group of its own, so that the signal that ends it reaches all of it, as Ctrl-C does.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PARLEY_DATA: dataDir, DATABASE_URL: '', LOG_LEVEL: 'warn' },
  });
  const end = () => process.kill(-(child.pid as number), 'SIGINT');
  process.once('exit', end);
  try {
    await untilReady(port, () => child.exitCode !== null);
    return performance.now() - began;
  } finally {
    process.off('exit', end);
    const gone = child.exitCode === null ? once(child, 'exit') : undefined;
    if (gone !== undefined) end();
    await gone;
    await untilReleased(dataDir);
  }
}

async function untilReady(port: number, hasEnded: () => boolean): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (Date.now() < deadline && !hasEnded()) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
    await sleep(10);
  }
  throw new Error('npm start did not become ready');
}

/** npm may be gone before the server has put its database away. */
async function untilReleased(dataDir: string): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while ((await readdir(join(dataDir, 'owner'))).length > 0) {
    if (Date.now() > deadline) throw new Error('Parley did not stop');
    await sleep(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
