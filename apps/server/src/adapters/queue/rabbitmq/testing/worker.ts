import { type Bus, createMemoryBus } from '@parley/realtime';
import pino from 'pino';
import type { Pool } from '../../../../db/pool.ts';
import { createLog } from '../../../../log/log.ts';
import { createMetrics } from '../../../../metrics.ts';
import type { Queue } from '../../../../modules/messages/queue.ts';
import { createRenderers } from '../../../../modules.ts';
import { startMessageWorker } from '../../../../start/message-worker.ts';

/** The worker of the product on a queue: it stores for real. */
export async function startWorker(database: Pick<Pool, 'db' | 'pipeline'>, queue: Queue, bus: Bus = createMemoryBus()) {
  const { db } = database;
  const metrics = createMetrics();
  const log = await createLog({
    db,
    publish: (event) => bus.publish(event),
    onError: () => {},
    renderers: createRenderers({ epoch: () => log.epoch(), presenceOf: async () => new Map() }),
  });
  startMessageWorker({ database, log, queue, bus, metrics, logger: pino({ level: 'silent' }), maxRetries: 2 });
  return { metrics };
}
