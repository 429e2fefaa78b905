import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Channel, type ChannelModel, connect } from 'amqplib';

export interface Broker {
  /** amqp:// or amqps://, with user, password and virtual host. */
  url: string;
  /** Host and port, for people. */
  name: string;
}

/** One connection that is made again whenever it breaks. */
export interface Link {
  /** Resolves when it is open for the first time, and prepared. Rejects when the broker will never let us in. */
  opened: Promise<void>;
  isOpen(): boolean;
  /** The broker has an alarm and takes nothing from us. */
  isBlocked(): boolean;
  close(): Promise<void>;
}

interface Options {
  broker: Broker;
  /** Shown by the broker's own tools. */
  purpose: string;
  /** Prepares a new connection. If it throws, the connection is dropped and made again later. */
  prepare(connection: ChannelModel): Promise<void>;
  onLost(): void;
  /** The connection could not be made, or broke. */
  onTrouble(reason: Error): void;
}

const heartbeatSeconds = 5;
const connectTimeoutMs = 5_000;
const closeTimeoutMs = 2_000;
const shortestPauseMs = 100;
const longestPauseMs = 5_000;

/** Keeps a connection to the broker open, with back-off, until it is closed. */
export function keepConnected(options: Options): Link {
  const { promise: opened, resolve: onOpened, reject: onRefused } = Promise.withResolvers<void>();
  // Whoever does not wait for it hears of it by `onTrouble`.
  opened.catch(() => {});
  const stop = new AbortController();
  let current: ChannelModel | undefined;
  let isOpen = false;
  let isBlocked = false;

  async function run(): Promise<void> {
    for (let pause = shortestPauseMs; !stop.signal.aborted; pause = Math.min(pause * 2, longestPauseMs)) {
      try {
        const { lost } = await open();
        pause = shortestPauseMs;
        onOpened();
        await lost;
      } catch (error) {
        options.onTrouble(error as Error);
        if (isRefusal(error as Error)) onRefused(error);
      }
      isOpen = false;
      isBlocked = false;
      if (!stop.signal.aborted)
        await sleep(pause * (0.5 + Math.random()), undefined, { signal: stop.signal }).catch(() => {});
    }
  }

  /** `lost` resolves when it is no more; in an object, or whoever awaits the opening would await the end as well. */
  async function open(): Promise<{ lost: Promise<void> }> {
    const connection = await connect(withHeartbeat(options.broker.url), {
      noDelay: true,
      keepAlive: true,
      timeout: connectTimeoutMs,
      clientProperties: { connection_name: `parley ${options.purpose}` },
    });
    gatherWrites(streamOf(connection));
    current = connection;
    const lost = watch(connection);
    if (stop.signal.aborted) await end(connection);
    try {
      await options.prepare(connection);
    } catch (error) {
      await end(connection);
      throw error;
    }
    isOpen = true;
    return { lost };
  }

  function watch(connection: ChannelModel): Promise<void> {
    connection.on('blocked', () => {
      isBlocked = true;
    });
    connection.on('unblocked', () => {
      isBlocked = false;
    });
    connection.on('error', options.onTrouble);
    return new Promise((resolve) => {
      connection.once('close', () => {
        isOpen = false;
        current = undefined;
        // A peer that hangs would keep what was not sent, and the socket, for a quarter of an hour.
        setTimeout(() => streamOf(connection)?.destroy(), closeTimeoutMs).unref();
        options.onLost();
        resolve();
      });
    });
  }

  const running = run();
  return {
    opened,
    isOpen: () => isOpen,
    isBlocked: () => isBlocked,
    async close() {
      stop.abort();
      if (current) await end(current);
      await running;
    },
  };
}

/** The promise of `channel.close` never resolves when the connection breaks meanwhile; the event comes in any case. */
export function closeChannel(channel: Channel): Promise<void> {
  return new Promise((resolve) => {
    channel.once('close', () => resolve());
    // It was closed before.
    channel.close().catch(() => resolve());
  });
}

/** A wrong password does not come right by waiting (AMQP 0-9-1, section 1.2); a missing virtual host may, after a crash. */
const isRefusal = ({ message }: Error): boolean => /^Handshake terminated .*\b403\b/.test(message);

function withHeartbeat(url: string): string {
  const result = new URL(url);
  result.searchParams.set('heartbeat', String(heartbeatSeconds));
  return result.href;
}

/** A broker that hangs does not answer a goodbye. */
async function end(connection: ChannelModel): Promise<void> {
  const closed = connection.close().catch(() => {});
  const isClosed = await Promise.race([closed.then(() => true), sleep(closeTimeoutMs, false, { ref: false })]);
  if (!isClosed) streamOf(connection)?.destroy();
}

const streamOf = (connection: ChannelModel) => (connection.connection as { stream?: Socket }).stream;

/** What is written in one turn of the event loop leaves in one call of the system; amqplib writes every frame by itself. */
function gatherWrites(stream: Socket | undefined): void {
  if (stream === undefined) return;
  const write = stream.write.bind(stream) as (...all: unknown[]) => boolean;
  stream.write = ((...all: unknown[]) => {
    if (stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(() => stream.uncork());
    }
    return write(...all);
  }) as Socket['write'];
}
