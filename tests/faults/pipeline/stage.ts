import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RedisServer, startRedisServer } from '@parley/realtime/testing';
import { findFreePort } from '../../../apps/server/src/adapters/postgres/server.ts';
import { type RabbitServer, startRabbitServer } from '../../../apps/server/src/testing/rabbitmq.ts';
import { type CuttableProxy, startProxy } from '../../support/proxy.ts';
import { environment } from '../../support/server.ts';
import { mountSmallDisk, type SmallDisk } from './disk.ts';
import { type FaultyPostgres, startFaultyPostgres } from './postgres.ts';
import { createProgram, type Program } from './program.ts';

export const services = ['PostgreSQL', 'RabbitMQ', 'Redis'] as const;
export type Service = (typeof services)[number];
export type Roads = Record<Service, CuttableProxy>;

/** Two APIs and two workers, each on roads of its own to PostgreSQL, RabbitMQ and Redis. */
export interface Stage {
  readonly postgres: FaultyPostgres;
  readonly rabbit: RabbitServer;
  readonly redis: RedisServer;
  /** Undefined where nothing may be mounted. */
  readonly disk: SmallDisk | undefined;
  readonly apis: readonly Program[];
  readonly workers: readonly Program[];
  /** Of the APIs. */
  readonly urls: readonly string[];
  /** By name of the program. */
  readonly roads: ReadonlyMap<string, Roads>;
  /** What the programs print. */
  readonly logs: string;
  close(keepLogs: boolean): Promise<void>;
}

const preload = fileURLToPath(new URL('preload.ts', import.meta.url));

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-pipeline-'));
  // PostgreSQL runs as another user.
  await chmod(folder, 0o711);
  const [diskFolder, logs, dataDir] = ['disk', 'logs', 'data'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [diskFolder, logs]) await mkdir(path);
  const closers: (() => unknown)[] = [];
  const close = async (keepLogs: boolean): Promise<void> => {
    for (const closer of closers.reverse()) await closer();
    await rm(keepLogs ? dataDir : folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const disk = mountSmallDisk(diskFolder);
    closers.push(() => disk?.remove());
    const postgres = await startFaultyPostgres(disk === undefined ? join(folder, 'postgres') : diskFolder);
    closers.push(postgres.stop);
    const redis = await startRedisServer();
    closers.push(redis.stop);
    const rabbit = await startRabbitServer();
    closers.push(rabbit.stop);
    const roads = new Map<string, Roads>();
    const build = async (name: string, args: (port: number) => string[]): Promise<[Program, string]> => {
      const own = await buildRoads({ PostgreSQL: postgres.url, RabbitMQ: rabbit.url, Redis: redis.url });
      roads.set(name, own);
      closers.push(() => Object.values(own).map((road) => road.close()));
      const port = await findFreePort();
      const program = createProgram({
        name,
        args: args(port),
        env: environment(dataDir, settings({ postgres, rabbit, redis }, own, port)),
        logFile: join(logs, `${name}.log`),
        ready: /^(Parley is at|The message worker says)/m,
        ...(name.startsWith('worker') ? { preload } : {}),
      });
      closers.push(program.stop);
      await program.start();
      return [program, `http://localhost:${port}`];
    };
    const apis = [];
    for (const name of ['api 1', 'api 2'])
      apis.push(await build(name, (port) => ['--role', 'api', '--port', String(port)]));
    const workers = [];
    for (const name of ['worker 1', 'worker 2']) workers.push(await build(name, () => ['--role', 'message-worker']));
    return {
      postgres,
      rabbit,
      redis,
      disk,
      apis: apis.map(([program]) => program),
      workers: workers.map(([program]) => program),
      urls: apis.map(([, url]) => url),
      roads,
      logs,
      close,
    };
  } catch (error) {
    await close(false);
    throw error;
  }
}

async function buildRoads(targets: Record<Service, string>): Promise<Roads> {
  const built = await Promise.all(
    services.map(async (service) => [service, await startProxy(targets[service])] as const),
  );
  return Object.fromEntries(built) as Roads;
}

function settings(
  parts: Pick<Stage, 'postgres' | 'rabbit' | 'redis'>,
  roads: Roads,
  port: number,
): Record<string, string> {
  return {
    DATABASE_URL: through(parts.postgres.url, roads.PostgreSQL),
    DATABASE_POOL: '8',
    RABBITMQ_URI: through(parts.rabbit.url, roads.RabbitMQ),
    REDIS_URL: through(parts.redis.url, roads.Redis),
    WORKER_HEALTH_PORT: String(port),
    ACCESS_TOKEN_TTL: '86400',
    LOG_LEVEL: 'warn',
  };
}

/** The same address by way of the proxy. */
function through(address: string, proxy: CuttableProxy): string {
  return address.replace(/:\d+(?=\/|$)/, `:${new URL(proxy.url).port}`);
}
