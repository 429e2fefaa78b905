import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** A private Redis that keeps nothing: its own port and folder, ended with the test. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Alive but silent, as a machine that swaps. */
  pause(): void;
  resume(): void;
  kill9(): Promise<void>;
  /** On the same port, empty. */
  restart(): Promise<void>;
  /** One command on a connection of its own. */
  command(...args: [string, ...(string | number)[]]): Promise<unknown>;
  stop(): Promise<void>;
}

export interface RedisClusterServers {
  readonly servers: readonly RedisServer[];
  /** Of the first. */
  readonly port: number;
  stop(): Promise<void>;
}

const slotCount = 16_384;

const running = new Set<ChildProcess>();

/** A test that crashes leaves nothing behind. */
function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Whether a `redis-server` is installed. */
export function hasRedisServer(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export async function startRedisServer(args: readonly string[] = []): Promise<RedisServer> {
  const port = await findFreePort();
  const folder = await mkdtemp(join(tmpdir(), 'parley-redis-'));
  let child = await launch(port, folder, args);

  async function kill9(): Promise<void> {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill9,
    async restart() {
      await kill9();
      child = await launch(port, folder, args);
    },
    async command(name, ...rest) {
      const client = new Redis(port, '127.0.0.1');
      try {
        return await client.call(name, ...rest);
      } finally {
        client.disconnect();
      }
    },
    async stop() {
      await kill9();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A cluster of servers that share the slots equally, without replicas. */
export async function startRedisCluster(size = 3): Promise<RedisClusterServers> {
  const servers: RedisServer[] = [];
  for (let index = 0; index < size; index += 1) {
    const busPort = await findFreePort();
    servers.push(
      await startRedisServer([
        '--cluster-enabled',
        'yes',
        '--cluster-port',
        String(busPort),
        '--cluster-node-timeout',
        '2000',
      ]),
    );
    const share = (part: number) => Math.floor((slotCount * part) / size);
    await servers[index]!.command('cluster', 'addslotsrange', share(index), share(index + 1) - 1);
    if (index > 0) await servers[0]!.command('cluster', 'meet', '127.0.0.1', servers[index]!.port, busPort);
  }
  for (const server of servers) await untilFormed(server, size);
  return {
    servers,
    port: servers[0]!.port,
    async stop() {
      for (const server of servers) await server.stop();
    },
  };
}

async function untilFormed(server: RedisServer, size: number): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const info = String(await server.command('cluster', 'info'));
    if (info.includes('cluster_state:ok') && info.includes(`cluster_size:${size}`)) return;
    await pause(50);
  }
  throw new Error('the cluster did not form');
}

async function launch(port: number, folder: string, args: readonly string[]): Promise<ChildProcess> {
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', [...own, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const deadline = performance.now() + 10_000;
  while (!output.includes('Ready to accept connections')) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`Redis did not start:\n${output}`);
    await pause(10);
  }
  child.stdout?.removeAllListeners('data').resume();
  if (!process.listeners('exit').includes(endAll)) process.once('exit', endAll);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
