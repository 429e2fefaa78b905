import type { Bus } from '@parley/realtime';
import type { Logger } from 'pino';
import { runOn } from '../db/pipeline.ts';
import type { Pool } from '../db/pool.ts';
import type { Log } from '../log/log.ts';
import type { Metrics } from '../metrics.ts';
import { claimFiles } from '../modules/files/claims.ts';
import { participantsNamed } from '../modules/members/participants.ts';
import { findMembership } from '../modules/members/store.ts';
import type { Outcome, Queue, SendCommand } from '../modules/messages/queue.ts';
import { createStoreBatch } from '../modules/messages/worker.ts';
import { startScheduledSender } from '../modules/scheduled/sender.ts';
import { tellInstance } from './instances.ts';

interface Options {
  database: Pick<Pool, 'db' | 'pipeline'>;
  log: Pick<Log, 'epoch' | 'write'>;
  queue: Queue;
  bus: Bus;
  metrics: Metrics;
  logger: Logger;
  maxRetries: number;
}

/** Starts sending what was scheduled, at its time. */
export const startSender = (
  options: Omit<Parameters<typeof startScheduledSender>[0], 'findMember' | 'findNamed' | 'holdFiles'>,
) =>
  startScheduledSender({
    ...options,
    findMember: findMembership,
    findNamed: (db, ...asked) => participantsNamed(runOn(db), ...asked),
    holdFiles: (trx, userId, fileIds) => claimFiles(trx, userId, fileIds, options.now()),
  });

/** Starts storing what the queue holds. It ends with the queue. */
export function startMessageWorker({ database, log, queue, bus, metrics, logger, maxRetries }: Options): void {
  const store = createStoreBatch({
    db: database.db,
    pipeline: database.pipeline,
    log,
    maxRetries,
    publish: (event) => bus.publish(event),
    giveUp: async (command: SendCommand, error) => {
      await queue.giveUp(command, error);
      logger.error({ err: error, id: command.id, chatId: command.chatId }, 'a message can never be stored');
    },
    onRetry: () => metrics.storeRetries.inc(),
  });

  function count(outcomes: ReadonlyMap<string, Outcome>): void {
    for (const outcome of outcomes.values())
      (outcome.kind === 'stored' ? metrics.messagesStored : metrics.messagesDiscarded).inc();
  }

  queue.consume({
    async store(commands, guard) {
      const outcomes = await store(commands, guard);
      metrics.batchSize.observe(commands.length);
      count(outcomes);
      return outcomes;
    },
    report: (instanceId, results) => tellInstance(bus, instanceId, results),
  });
}
