import { createTestDatabase, type TestDatabase } from '../../../../testing/database.ts';
import type { RabbitServer } from '../../../../testing/rabbitmq.ts';
import type { QueueEnd } from '../../queue.suite.ts';
import type { Names } from '../names.ts';
import { openRabbitQueue, type RabbitQueueOptions } from '../queue.ts';

let stages = 0;

/** Names of their own, so that many tests share a broker. */
export function buildNames(): Names {
  stages += 1;
  const prefix = `t${process.pid}.${stages}`;
  return {
    exchange: `${prefix}.events`,
    deadLetterExchange: `${prefix}.dlx`,
    deadLetterQueue: `${prefix}.dlq`,
    queuePrefix: `${prefix}.send`,
  };
}

export interface Stage {
  database: TestDatabase;
  names: Names;
  /** What went wrong and was tried again. */
  troubles: string[];
  /** Another process's end of the same queue. */
  open(options?: Partial<RabbitQueueOptions>): Promise<QueueEnd & { instanceId: string; url: string }>;
  close(): Promise<void>;
}

/** A database and queues of their own on a broker. */
export async function createStage(
  server: Pick<RabbitServer, 'url'>,
  defaults: Partial<RabbitQueueOptions> = {},
): Promise<Stage> {
  const database = await createTestDatabase();
  const names = buildNames();
  const troubles: string[] = [];
  const ends: QueueEnd[] = [];
  return {
    database,
    names,
    troubles,
    async open(options) {
      const instanceId = crypto.randomUUID();
      const queue = await openRabbitQueue({
        broker: { url: server.url, name: 'the test' },
        names,
        db: database.db,
        instanceId,
        partitionCount: undefined,
        prefetch: 16,
        onTrouble: (error, what) => void troubles.push(`${what}: ${error.message}`),
        ...defaults,
        ...options,
      });
      const end = {
        queue,
        instanceId,
        url: server.url,
        runGuard: async (guard: Parameters<QueueEnd['runGuard']>[0]) => {
          if (guard) await database.pipeline.transaction(guard);
        },
        close: () => queue.close(),
      };
      ends.push(end);
      return end;
    },
    async close() {
      for (const end of ends) await end.close();
      await database.drop();
    },
  };
}
