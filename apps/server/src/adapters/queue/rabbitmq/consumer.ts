import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelModel } from 'amqplib';
import type { Consumption, Result } from '../../../modules/messages/queue.ts';
import type { Envelope } from './codec.ts';
import { type Broker, keepConnected, type Link } from './connection.ts';
import type { Generation, Ledger } from './ledger.ts';
import { type Names, queueName } from './names.ts';
import { openPartition, type Partition, type PartitionWork } from './partition.ts';

interface Options {
  broker: Broker;
  names: Names;
  ledger: Ledger;
  prefetch: number;
  workerId: string;
  consumption: Consumption;
  /** Makes what is missing at the broker. */
  prepare(connection: ChannelModel): Promise<void>;
  /** Keeps a message that cannot be read. */
  discard(body: Buffer): Promise<void>;
  /** Something did not work and is tried again. */
  onTrouble(error: Error, what: string): void;
  onRetry(): void;
}

export interface Consumer {
  opened: Promise<void>;
  held(): number;
  /** Age in ms of the oldest message that is held. */
  lag(): number;
  isOpen(): boolean;
  close(): Promise<void>;
}

const reportMs = 500;
/** Sharing out costs a redelivery, so it is done slowly. */
const reportsPerShare = 4;
const reopenMs = 200;
const closeTimeoutMs = 5_000;

/** Empties the queues of the oldest generation that is not empty yet, each on a channel of its own. */
export function createConsumer(options: Options): Consumer {
  const { ledger, names } = options;
  const partitions = new Map<string, Partition>();
  let connection: ChannelModel | undefined;
  let isClosed = false;
  let isReporting = false;
  let reports = 0;
  let opening = Promise.resolve();
  const link: Link = keepConnected({
    broker: options.broker,
    purpose: 'worker',
    prepare: async (opened) => {
      await options.prepare(opened);
      connection = opened;
      await openMissing(opened);
    },
    onLost: () => {
      connection = undefined;
    },
    onTrouble: (error) => options.onTrouble(error, 'the connection to RabbitMQ'),
  });
  const timer = setInterval(() => void tick(), reportMs);

  /** Reports, and looks whether the queues have changed. */
  async function tick(): Promise<void> {
    if (isReporting || connection === undefined) return;
    isReporting = true;
    try {
      await ledger.reportLag(options.workerId, lag());
      await openMissing(connection);
      reports += 1;
      if (reports % reportsPerShare === 0) await share();
    } catch (error) {
      options.onTrouble(error as Error, 'the report of a worker');
    } finally {
      isReporting = false;
    }
  }

  /** In turn: side by side they would consume a queue twice, and one of the two would be known to nobody. */
  function openMissing(on: ChannelModel): Promise<void> {
    const opened = opening.then(() => openAll(on));
    opening = opened.catch(() => {});
    return opened;
  }

  async function openAll(on: ChannelModel): Promise<void> {
    const current = (await ledger.generations()).find((one) => !one.isDrained);
    if (current === undefined) return;
    for (let partition = 0; partition < current.partitionCount; partition += 1) {
      const name = queueName(names, current.generation, partition);
      if (partitions.has(name) || isClosed || on !== connection) continue;
      await open(on, name, current, partition);
    }
  }

  async function open(on: ChannelModel, name: string, current: Generation, partition: number): Promise<void> {
    const opened = await openPartition(on, workOf(name, current.generation, partition));
    partitions.set(name, opened);
    void opened.ended.then(async () => {
      await sleep(reopenMs);
      if (partitions.get(name) === opened) partitions.delete(name);
    });
  }

  /**
   * The broker gives every queue to whoever came first. Who has more than a fair share lets one go, and queues up for it again
   * behind the others.
   */
  async function share(): Promise<void> {
    const active = [...partitions.values()].filter((one) => one.isActive());
    if (active.length < 2) return;
    const fair = Math.ceil(partitions.size / Math.max(1, await ledger.workers()));
    if (active.length > fair) void active[0]?.close();
  }

  function workOf(queue: string, generation: number, partition: number): PartitionWork {
    return {
      queue,
      prefetch: options.prefetch,
      claim: () => ledger.claim(generation, partition),
      store: (envelopes, fence) => store(envelopes, (session) => ledger.guard(session, generation, partition, fence)),
      discard: options.discard,
      onEnd: async () => {
        await ledger.markDrained(generation, partition);
        if (connection) await openMissing(connection);
      },
      onRetry: (error) => {
        options.onRetry();
        options.onTrouble(error, `storing messages of ${queue}`);
      },
    };
  }

  async function store(envelopes: readonly Envelope[], guard: Parameters<Consumption['store']>[1]): Promise<void> {
    const outcomes = await options.consumption.store(
      envelopes.map((envelope) => envelope.command),
      guard,
    );
    const results = new Map<string, Result[]>();
    for (const { waiter, command } of envelopes) {
      const outcome = outcomes.get(command.id);
      if (waiter === undefined || outcome === undefined) continue;
      results.set(waiter, [...(results.get(waiter) ?? []), { id: command.id, outcome }]);
    }
    for (const [waiter, list] of results) options.consumption.report(waiter, list);
  }

  function lag(): number {
    const now = Date.now();
    return Math.max(0, ...[...partitions.values()].map((one) => now - (one.oldest() ?? now)));
  }

  return {
    opened: link.opened,
    held: () => [...partitions.values()].reduce((sum, one) => sum + one.held(), 0),
    lag,
    isOpen: link.isOpen,
    async close() {
      isClosed = true;
      clearInterval(timer);
      const closing = opening.then(() => Promise.all([...partitions.values()].map((one) => one.close())));
      // A broker that hangs does not say goodbye; what is not acknowledged comes again.
      await Promise.race([closing, sleep(closeTimeoutMs, undefined, { ref: false })]);
      await link.close();
      await ledger.forgetLag(options.workerId).catch((error) => options.onTrouble(error, 'the report of a worker'));
    },
  };
}
