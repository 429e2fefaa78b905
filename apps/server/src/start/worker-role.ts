import { createMemoryBus } from '@parley/realtime';
import type { Logger } from 'pino';
import { type Config, hasRedis } from '../config.ts';
import type { Pool } from '../db/pool.ts';
import { createLog } from '../log/log.ts';
import { rotateLog } from '../log/retention.ts';
import { createMetrics } from '../metrics.ts';
import { checkDatabase } from '../modules/health/routes.ts';
import type { Queue } from '../modules/messages/queue.ts';
import { createIndexer, noteForSearch } from '../modules/search/indexer.ts';
import { createRenderers } from '../modules.ts';
import { startMessageWorker, startSender } from './message-worker.ts';
import { openSharedQueue } from './queue.ts';
import { serveWorkerHealth } from './worker-health.ts';

interface Options {
  config: Config;
  database: Pool;
  logger: Logger;
  service: { name: string; version: string };
  print(line: string): void;
}

/** The port if WORKER_HEALTH_PORT is not set. */
const defaultPort = 3_101;
const epochMs = 5_000;

/** The message worker alone: stores what the queue holds, tells it on the bus, and says how it is. */
export async function runMessageWorker({ config, database, logger, service, print }: Options) {
  const { db } = database;
  const metrics = createMetrics();
  const shared = hasRedis(config)
    ? await (await import('./redis.ts')).openSharedBus(config, { logger, print })
    : undefined;
  if (shared === undefined)
    print('bus       none: the instances of the API find messages in the log, up to 5 s late (REDIS_URL)');
  const onError = (error: unknown, what: string) => logger.error({ err: error }, what);
  const indexer = createIndexer({ db, onError });
  const bus = noteForSearch(shared ?? createMemoryBus(), indexer);
  let queue: Queue | undefined;
  const health = await serveWorkerHealth({
    port: config.workerHealthPort ?? defaultPort,
    host: config.host,
    service,
    queue: () => queue,
    checkDatabase: () => checkDatabase(db),
    expose: () =>
      metrics.expose({
        connections: () => ({ websocket: 0, socketio: 0 }),
        hub: () => ({ topics: 0, subscriptions: 0 }),
        queueDepth: () => queue?.depth() ?? 0,
        queueLag: () => queue?.lag() ?? 0,
      }),
    metricsType: metrics.registry.contentType,
  });
  await rotateLog(db, config.logRetentionDays);
  const log = await createLog({
    db,
    onError,
    publish: (event) => bus.publish(event),
    // A worker tells of messages and their failures; presence is shown by those who have connections.
    renderers: createRenderers({ epoch: () => log.epoch(), presenceOf: async () => new Map() }),
  });
  // Nobody compares heads here, so the epoch is read for its own sake.
  const timer = setInterval(
    () => log.heads([]).catch((error) => onError(error, 'the epoch could not be read')),
    epochMs,
  );
  queue = await openSharedQueue(config, { db, instanceId: crypto.randomUUID(), metrics, logger, print });
  if (queue === undefined) throw new Error('the message worker needs a queue that processes share');
  startMessageWorker({ database, log, queue, bus, metrics, logger, maxRetries: config.maxRetries });
  const sender = startSender({ log, queue, now: Date.now, onError });
  print(`The message worker says how it is at http://localhost:${health.port}/workers/health`);

  return {
    async drain() {
      clearInterval(timer);
      await sender.stop();
      await queue.close();
      await indexer.stop();
      await bus.close();
      await health.close();
    },
  };
}
