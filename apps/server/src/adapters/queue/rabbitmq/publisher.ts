import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@parley/contract';
import type { ChannelModel, ConfirmChannel } from 'amqplib';

export interface Publisher {
  /** A new connection: sends go out on it from here on. */
  attach(connection: ChannelModel): Promise<void>;
  /** Resolves when the broker has it safely. Throws `overloaded` or `unavailable`; then it may or may not have it. */
  send(exchange: string, routingKey: string, body: Buffer, properties: SendProperties): Promise<void>;
  /** False while its channel is made again: sends are refused. */
  isOpen(): boolean;
  /** Sends without an answer yet. */
  pending(): number;
  /** Resolves when nothing is pending any more; each send ends at its time-out at the latest. */
  settled(): Promise<void>;
  /** The connection is gone: what was not confirmed is refused. */
  detach(): void;
  close(): void;
}

export interface SendProperties {
  messageId: string;
  type?: string;
  headers?: Record<string, string>;
}

interface Options {
  isBlocked(): boolean;
  /** Called when nothing is bound to a routing key, or the exchange is gone: makes them again. */
  repair(): Promise<void>;
  confirmTimeoutMs?: number;
}

interface Pending {
  bytes: number;
  deadline: number;
  isReturned: boolean;
  settle(error?: Error): void;
}

/** Bounds of what waits for a confirmation: what cannot be sent must not gather here. */
const maxPending = 10_000;
const maxPendingBytes = 32 * 1_024 * 1_024;
const sweepMs = 250;
/** While the queues of a slot change, nothing is bound to it for some milliseconds. */
const unroutablePausesMs = [5, 10, 20, 50, 100, 200];

/** Nothing is bound to the routing key. */
class Unroutable extends Error {}

const unavailable = (cause?: unknown) => new AppError('unavailable', undefined, { retryAfter: 2, cause });

/** Publishes with confirmations; many are under way at once, and the broker confirms them by the dozen. */
export function createPublisher({ isBlocked, repair, confirmTimeoutMs = 5_000 }: Options): Publisher {
  const pending = new Map<string, Pending>();
  const settledWaiters = new Set<() => void>();
  let channel: ConfirmChannel | undefined;
  let pendingBytes = 0;
  let counter = 0;
  const timer = setInterval(expire, sweepMs);
  timer.unref();

  function settle(key: string, error?: Error): void {
    const one = pending.get(key);
    if (one === undefined) return;
    pending.delete(key);
    pendingBytes -= one.bytes;
    one.settle(error ?? (one.isReturned ? new Unroutable() : undefined));
    if (pending.size === 0) for (const resolve of settledWaiters) resolve();
  }

  /** The oldest come first. */
  function expire(): void {
    const now = performance.now();
    let expired = 0;
    for (const [key, one] of pending) {
      if (one.deadline > now) break;
      settle(key, unavailable(new Error('the broker did not confirm in time')));
      expired += 1;
    }
    // A broker that has an alarm reads nothing, no goodbye either; when it reads again, this channel goes on.
    if (expired > 0 && !isBlocked()) renewChannel();
  }

  /**
   * A channel that published while a quorum queue had no leader (the broker restarted, say) may never confirm again, though the
   * connection lives. A new channel does. Its `close` brings us to `attach`.
   */
  function renewChannel(): void {
    try {
      channel?.close().catch(() => {});
    } catch {
      // It is closing already.
    }
  }

  async function attach(connection: ChannelModel): Promise<void> {
    const opened = await connection.createConfirmChannel();
    opened.on('return', ({ properties }) => {
      const one = pending.get(String(properties.correlationId));
      if (one) one.isReturned = true;
    });
    opened.on('error', () => {});
    opened.on('close', () => {
      if (channel !== opened) return;
      detach();
      // The connection lives: the exchange is gone, say. What is missing is made again, and then this goes on.
      repair()
        .then(() => attach(connection))
        .catch(() => void connection.close().catch(() => {}));
    });
    channel = opened;
  }

  function detach(): void {
    channel = undefined;
    for (const key of [...pending.keys()]) settle(key, unavailable(new Error('the connection to the broker broke')));
  }

  function sendOnce(exchange: string, routingKey: string, body: Buffer, properties: SendProperties): Promise<void> {
    const open = channel;
    if (open === undefined || isBlocked()) return Promise.reject(unavailable());
    if (pending.size >= maxPending || pendingBytes + body.length > maxPendingBytes) {
      return Promise.reject(new AppError('overloaded', undefined, { retryAfter: 1 }));
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    counter += 1;
    const key = String(counter);
    pendingBytes += body.length;
    pending.set(key, {
      bytes: body.length,
      deadline: performance.now() + confirmTimeoutMs,
      isReturned: false,
      settle: (error) => (error ? reject(error) : resolve()),
    });
    try {
      const all = {
        ...properties,
        persistent: true,
        mandatory: true,
        correlationId: key,
        contentType: 'application/json',
      };
      open.publish(exchange, routingKey, body, all, (refusal) => {
        settle(key, refusal ? unavailable(refusal) : undefined);
      });
    } catch (error) {
      settle(key, unavailable(error));
    }
    return promise;
  }

  async function send(exchange: string, routingKey: string, body: Buffer, properties: SendProperties): Promise<void> {
    for (const pauseMs of unroutablePausesMs) {
      try {
        return await sendOnce(exchange, routingKey, body, properties);
      } catch (error) {
        if (!(error instanceof Unroutable)) throw error;
        await sleep(pauseMs);
      }
    }
    try {
      await repair();
      return await sendOnce(exchange, routingKey, body, properties);
    } catch (error) {
      throw error instanceof AppError ? error : unavailable(error);
    }
  }

  return {
    attach,
    detach,
    send,
    isOpen: () => channel !== undefined,
    pending: () => pending.size,
    async settled() {
      if (pending.size > 0) await new Promise<void>((resolve) => settledWaiters.add(resolve));
    },
    close() {
      detach();
      clearInterval(timer);
    },
  };
}
