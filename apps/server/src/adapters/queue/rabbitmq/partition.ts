import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { decode, type Envelope } from './codec.ts';
import { closeChannel } from './connection.ts';
import { Fenced } from './ledger.ts';

/** What a partition's consumer is made of; each is about this partition alone. */
export interface PartitionWork {
  queue: string;
  /** Most messages that are held, and stored together. */
  prefetch: number;
  /** Takes the partition over; called once, when the first message shows that the broker chose this consumer. */
  claim(): Promise<number>;
  /** Stores a batch and reports what became of it. May throw: then nothing is promised, and the same batch is handed in again. */
  store(envelopes: readonly Envelope[], fence: number): Promise<void>;
  /** Keeps what cannot be read. */
  discard(body: Buffer): Promise<void>;
  /** All that ever was in this queue is stored. */
  onEnd(fence: number): Promise<void>;
  onRetry(error: Error): void;
}

export interface Partition {
  /** Resolves when nothing more will come of it; a new one may be opened then. */
  ended: Promise<void>;
  /** Unix time in ms at which the oldest message that is held was accepted. */
  oldest(): number | undefined;
  held(): number;
  /** The broker has chosen this consumer, as its messages show. */
  isActive(): boolean;
  /** Finishes the batch in hand; what is not stored goes back to the queue. */
  close(): Promise<void>;
}

/** The message that ends a queue whose partition count was replaced. */
export const endOfQueue = 'parley.end';

interface Held {
  message: ConsumeMessage;
  /** Undefined: the end of the queue, or not to be read. */
  envelope: Envelope | undefined;
}

const maxBatchBytes = 4 * 1_024 * 1_024;
const shortestPauseMs = 50;
const longestPauseMs = 5_000;

/**
 * Empties one queue, in its order, on a channel of its own. A batch is acknowledged when it is committed and told; while it
 * cannot be stored it is held and tried again, and nothing behind it overtakes.
 */
export async function openPartition(connection: ChannelModel, work: PartitionWork): Promise<Partition> {
  const channel = await connection.createChannel();
  const { promise: ended, resolve: onEnded } = Promise.withResolvers<void>();
  const stop = new AbortController();
  let held: Held[] = [];
  let running: Promise<void> | undefined;
  let fence: number | undefined;

  channel.on('error', (error) => work.onRetry(error));
  channel.once('close', () => {
    stop.abort();
    void (running ?? Promise.resolve()).then(onEnded);
  });

  function onMessage(message: ConsumeMessage | null): void {
    // The queue was deleted.
    if (message === null) return void close();
    held.push({ message, envelope: message.properties.type === endOfQueue ? undefined : decode(message.content) });
    // Messages that arrive in the same turn of the event loop are stored together.
    running ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(drain)
      .catch(work.onRetry)
      .finally(() => {
        running = undefined;
      });
  }

  async function drain(): Promise<void> {
    while (held.length > 0 && !stop.signal.aborted) {
      const count = await withPatience(storeNext);
      if (count === undefined) return;
      const last = held[count - 1]!.message;
      held = held.slice(count);
      if (!stop.signal.aborted) channel.ack(last, true);
    }
  }

  /** Undefined: this consumer is at its end. */
  async function withPatience<T>(step: () => Promise<T>): Promise<T | undefined> {
    for (let pause = shortestPauseMs; !stop.signal.aborted; pause = Math.min(pause * 2, longestPauseMs)) {
      try {
        return await step();
      } catch (error) {
        if (!stop.signal.aborted) await afterFailure(error as Error, pause);
      }
    }
    return undefined;
  }

  async function afterFailure(error: Error, pause: number): Promise<void> {
    work.onRetry(error);
    if (error instanceof Fenced) void close();
    else await sleep(pause, undefined, { signal: stop.signal }).catch(() => {});
  }

  /** Resolves to how many of the held messages are done with. */
  async function storeNext(): Promise<number> {
    fence ??= await work.claim();
    const batch = takeReadable(held);
    if (batch.length > 0) {
      await work.store(batch, fence);
      return batch.length;
    }
    const { message } = held[0]!;
    if (message.properties.type === endOfQueue) await work.onEnd(fence);
    else await work.discard(message.content);
    return 1;
  }

  async function close(): Promise<void> {
    stop.abort();
    await running;
    await closeChannel(channel);
    onEnded();
  }

  await start(channel, work, onMessage);
  return {
    ended,
    oldest: () => held[0]?.envelope?.at,
    held: () => held.length,
    isActive: () => fence !== undefined && !stop.signal.aborted,
    close,
  };
}

async function start(channel: Channel, work: PartitionWork, onMessage: (message: ConsumeMessage | null) => void) {
  await channel.prefetch(work.prefetch);
  await channel.consume(work.queue, onMessage);
}

/** What comes before the first message that is no command, bounded in bytes. */
function takeReadable(held: readonly Held[]): Envelope[] {
  const batch: Envelope[] = [];
  let bytes = 0;
  for (const { message, envelope } of held) {
    if (envelope === undefined || (bytes > 0 && bytes + message.content.length > maxBatchBytes)) break;
    bytes += message.content.length;
    batch.push(envelope);
  }
  return batch;
}
