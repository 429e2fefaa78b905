import type { Logger } from 'pino';
import type { Broker } from '../adapters/queue/rabbitmq/connection.ts';
import type { Names } from '../adapters/queue/rabbitmq/names.ts';
import { openRabbitQueue } from '../adapters/queue/rabbitmq/queue.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/schema.ts';
import type { Metrics } from '../metrics.ts';
import type { Queue } from '../modules/messages/queue.ts';

type QueueConfig = Pick<
  Config,
  | 'rabbitmqUri'
  | 'rabbitmqHost'
  | 'rabbitmqPort'
  | 'rabbitmqUsername'
  | 'rabbitmqPassword'
  | 'rabbitmqVhost'
  | 'rabbitmqChatExchange'
  | 'rabbitmqChatDlxExchange'
  | 'rabbitmqChatDlqName'
  | 'rabbitmqChatQueuePrefix'
  | 'chatPartitionCount'
  | 'chatPrefetch'
>;

interface Parts {
  db: Db;
  instanceId: string;
  metrics: Metrics;
  logger: Logger;
  print(line: string): void;
}

/** The broker that the settings name; undefined: the queue is in this process. */
export function brokerOf(config: QueueConfig): Broker | undefined {
  if (config.rabbitmqUri !== undefined) return { url: config.rabbitmqUri, name: new URL(config.rabbitmqUri).host };
  if (config.rabbitmqHost === undefined) return undefined;
  const { rabbitmqHost: host, rabbitmqPort: port, rabbitmqVhost: vhost } = config;
  const user = `${encodeURIComponent(config.rabbitmqUsername)}:${encodeURIComponent(config.rabbitmqPassword)}`;
  const name = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { url: `amqp://${user}@${name}/${encodeURIComponent(vhost)}`, name };
}

export const namesOf = (config: QueueConfig): Names => ({
  exchange: config.rabbitmqChatExchange,
  deadLetterExchange: config.rabbitmqChatDlxExchange,
  deadLetterQueue: config.rabbitmqChatDlqName,
  queuePrefix: config.rabbitmqChatQueuePrefix,
});

/** The queue that processes share. A broker that is not up yet is waited for. Undefined: none is set. */
export async function openSharedQueue(config: QueueConfig, parts: Parts): Promise<Queue | undefined> {
  const broker = brokerOf(config);
  if (broker === undefined) return undefined;
  const { logger, metrics, print } = parts;
  let isOpen = false;
  const queue = await openRabbitQueue({
    broker,
    names: namesOf(config),
    db: parts.db,
    instanceId: parts.instanceId,
    partitionCount: config.chatPartitionCount,
    prefetch: config.chatPrefetch,
    onTrouble(error: NodeJS.ErrnoException, what) {
      // Not the error itself: those of the database hold the whole client.
      if (isOpen) logger.warn({ reason: error.message || error.code }, `${what}: does not work now and is tried again`);
      else print(`waiting for RabbitMQ at ${broker.name} (${reasonOf(error)})`);
    },
    onRetry: () => metrics.storeRetries.inc(),
    onDeadLetter: () => metrics.deadLetters.inc(),
  });
  isOpen = true;
  print(`queue     RabbitMQ at ${broker.name}`);
  return queue;
}

const reasonOf = (error: NodeJS.ErrnoException): string => error.code?.toString() || error.message;
