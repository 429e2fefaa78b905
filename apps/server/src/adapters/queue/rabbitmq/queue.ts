import { AppError } from '@parley/contract';
import type { ChannelModel } from 'amqplib';
import type { Db } from '../../../db/schema.ts';
import type { Queue, Result } from '../../../modules/messages/queue.ts';
import { encode } from './codec.ts';
import { type Broker, keepConnected } from './connection.ts';
import { type Consumer, createConsumer } from './consumer.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { type Names, slotOf } from './names.ts';
import { prepareBroker } from './prepare.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { createWaiting } from './waiting.ts';

export interface RabbitQueueOptions {
  broker: Broker;
  names: Names;
  db: Db;
  /** Who waits for outcomes, and who reports its lag. A uuid, new for each process. */
  instanceId: string;
  /** What the settings say; the start is refused when the queues have another count. */
  partitionCount: number | undefined;
  /** Most messages of one partition that are stored together. */
  prefetch: number;
  /** Something did not work and is tried again. */
  onTrouble(error: Error, what: string): void;
  onRetry?(): void;
  onDeadLetter?(): void;
  /** For tests: where the broker refuses further messages, and how long a confirmation may take. */
  maxLength?: number;
  confirmTimeoutMs?: number;
}

const partitionsWhenNew = 8;
/** Above this age of the oldest message senders are told to slow down. */
const lagLimitMs = 2_000;
const lagReadMs = 500;

/**
 * The queue that processes share: accepted means confirmed by RabbitMQ. Resolves when the broker is there and prepared.
 * Throws WrongPartitionCount.
 */
export async function openRabbitQueue(options: RabbitQueueOptions): Promise<Queue> {
  const { names, instanceId, onTrouble } = options;
  const ledger = createLedger(options.db);
  await ledger.agree(options.partitionCount, partitionsWhenNew);

  let connection: ChannelModel | undefined;
  /** Once for all senders who miss something. */
  let repairing: Promise<void> | undefined;
  const prepare = (opened: ChannelModel) => prepareBroker(opened, ledger, options);
  const publisher: Publisher = createPublisher({
    isBlocked: () => link.isBlocked(),
    repair: () => {
      repairing ??= repair().finally(() => {
        repairing = undefined;
      });
      return repairing;
    },
    ...(options.confirmTimeoutMs === undefined ? {} : { confirmTimeoutMs: options.confirmTimeoutMs }),
  });
  const link = keepConnected({
    broker: options.broker,
    purpose: 'sends',
    async prepare(opened) {
      await prepare(opened);
      await publisher.attach(opened);
      connection = opened;
    },
    onLost() {
      connection = undefined;
      publisher.detach();
    },
    onTrouble: (error) => onTrouble(error, 'the connection to RabbitMQ'),
  });
  const waiting = createWaiting({ find: ledger.find, onTrouble });
  const backlog = watchBacklog(ledger, onTrouble);
  let consumer: Consumer | undefined;
  let isClosed = false;

  async function repair(): Promise<void> {
    if (connection === undefined) throw new Error('the connection to the broker broke');
    await prepare(connection);
  }

  function settle(results: readonly Result[]): void {
    for (const { id, outcome } of results) waiting.settle(id, outcome);
  }

  async function bury(body: Buffer, messageId: string, headers: Record<string, string>): Promise<void> {
    await publisher.send(names.deadLetterExchange, names.deadLetterQueue, body, { messageId, headers });
    options.onDeadLetter?.();
  }

  try {
    await link.opened;
  } catch (error) {
    await link.close();
    backlog.close();
    throw new Error(`RabbitMQ at ${options.broker.name} refused the connection: ${(error as Error).message}`);
  }
  return {
    async accept(command) {
      if (isClosed) throw new AppError('draining', undefined, { retryAfter: 1 });
      if (backlog.lag() > lagLimitMs) throw new AppError('overloaded', undefined, { retryAfter: 2 });
      const waiter = waiting.isAwaited(command.id) ? { waiter: instanceId } : {};
      const body = encode({ at: Date.now(), ...waiter, command });
      await publisher.send(names.exchange, slotOf(command.chatId), body, { messageId: command.id });
    },
    outcome: waiting.wait,
    arrival: async (command, timeoutMs) => {
      if ((await ledger.find([command])).size === 0) await waiting.wait(command, timeoutMs);
    },
    consume({ store, report }) {
      consumer = createConsumer({
        broker: options.broker,
        names,
        ledger,
        prepare,
        onTrouble,
        prefetch: options.prefetch,
        workerId: instanceId,
        discard: (body) => bury(body, '', { reason: 'this is not a message to be stored' }),
        onRetry: () => options.onRetry?.(),
        consumption: {
          store,
          report: (waiter, results) => (waiter === instanceId ? settle(results) : report(waiter, results)),
        },
      });
    },
    giveUp: (command, error) =>
      bury(encode({ at: Date.now(), command }), command.id, { reason: String((error as Error).message ?? error) }),
    settle,
    depth: () => publisher.pending() + (consumer?.held() ?? 0),
    lag: () => consumer?.lag() ?? 0,
    state() {
      if (!link.isOpen() || consumer?.isOpen() === false) return 'RabbitMQ cannot be reached';
      if (link.isBlocked()) return 'RabbitMQ takes no messages (it has an alarm)';
      return publisher.isOpen() ? 'ok' : 'RabbitMQ is being prepared';
    },
    async close() {
      isClosed = true;
      backlog.close();
      await publisher.settled();
      await consumer?.close();
      publisher.close();
      await link.close();
      waiting.close();
    },
  };
}

/** How far the workers are behind, as they last said. */
function watchBacklog(ledger: Ledger, onTrouble: RabbitQueueOptions['onTrouble']) {
  let lag = 0;
  let isReading = false;
  const timer = setInterval(async () => {
    if (isReading) return;
    isReading = true;
    try {
      lag = await ledger.lag();
    } catch (error) {
      onTrouble(error as Error, 'reading how late the workers are');
    } finally {
      isReading = false;
    }
  }, lagReadMs);
  return { lag: () => lag, close: () => clearInterval(timer) };
}
