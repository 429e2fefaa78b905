import { startRedisServer } from '@parley/realtime/testing';
import { findFreePort } from '../../apps/server/src/adapters/postgres/server.ts';
import { startRabbitServer } from '../../apps/server/src/testing/rabbitmq.ts';
import { cpuOf, cpuOfFamily } from './cpu.ts';
import type { Sender } from './load/sender.ts';
import type { BareArgs } from './pipeline/bare.ts';
import type { BareApi } from './pipeline/bare-api.ts';
import { startPostgres } from './postgres.ts';
import { keep, startProgram } from './programs.ts';
import { compareSends } from './send.ts';
import { type System, startSystem } from './system.ts';

/** `BENCH_WORKERS=2`: so many processes that store. */
const workerCount = Number(process.env.BENCH_WORKERS ?? 1);

/** API and workers in processes of their own on RabbitMQ and Redis, beside the bare pipe on the same broker and database. */
export async function benchPipeline(): Promise<void> {
  const postgres = await startPostgres();
  const rabbit = keep(await startRabbitServer());
  const redis = keep(await startRedisServer());
  const env = { RABBITMQ_URI: rabbit.url, REDIS_URL: redis.url };
  const databaseUrl = await postgres.createDatabase('bench_parley');
  const api = await startSystem({ databaseUrl, role: 'api', env });
  const workers = await startWorkers(databaseUrl, env);
  const args: BareArgs = {
    databaseUrl: await postgres.createDatabase('bench_plain'),
    brokerUrl: rabbit.url,
    redisUrl: redis.url,
  };
  const bareApi = await startProgram<BareApi>(new URL('./pipeline/bare-api.ts', import.meta.url), { args });
  const bareWorker = await startProgram(new URL('./pipeline/bare-worker.ts', import.meta.url), { args });
  const generator = await startProgram<Sender>(new URL('./load/sender.ts', import.meta.url));
  try {
    await compareSends({
      what: `Pipeline (RabbitMQ, Redis, 1 API, ${workerCount} of the worker)`,
      generator,
      ports: { parley: api.port, plain: await bareApi.call('port', {}) },
      meter: {
        postgres: () => cpuOfFamily(postgres.pid()),
        parley: () => [api, ...workers].reduce((sum, one) => sum + cpuOf(one.pid), 0),
        plain: () => cpuOf(bareApi.pid) + cpuOf(bareWorker.pid),
      },
    });
  } finally {
    await Promise.all([
      generator.stop(),
      bareApi.stop(),
      bareWorker.stop(),
      api.stop(),
      ...workers.map((one) => one.stop()),
    ]);
    await Promise.all([rabbit.stop(), redis.stop()]);
    await postgres.stop();
  }
}

async function startWorkers(databaseUrl: string, env: Record<string, string>): Promise<System[]> {
  const workers: System[] = [];
  for (let index = 0; index < workerCount; index += 1) {
    const health = { WORKER_HEALTH_PORT: String(await findFreePort()) };
    workers.push(await startSystem({ databaseUrl, role: 'message-worker', env: { ...env, ...health } }));
  }
  return workers;
}
