import type { Redis } from 'ioredis';
import { connectRedis, type RedisTarget } from './connect.ts';

/** One instance's two connections: one that publishes, one that is subscribed. */
export interface Wire {
  publish(channel: string, text: string): Promise<unknown>;
  /** Resolves with the server's answer: what is published from here on arrives. */
  subscribe(channels: readonly string[]): Promise<unknown>;
  unsubscribe(channels: readonly string[]): Promise<unknown>;
  /** For channels that others publish to, whatever kind of server it is. */
  subscribeOpenly(channel: string): Promise<unknown>;
  /** Channels that together lead through every server that carries ours. */
  probes(): readonly string[];
  /** Breaks connections that look open but carry nothing, so that they are made again. */
  reconnect(): void;
  close(): void;
}

export interface WireHandlers {
  onMessage(channel: Buffer, message: Buffer): void;
  /** Connected, and subscribed to nothing. Called on every connection. */
  onOpen(): void;
  onLost(): void;
  onError(error: Error): void;
}

export function createServerWire(target: RedisTarget, probe: string, handlers: WireHandlers): Wire {
  const publisher = connectRedis(target, { enableAutoPipelining: true });
  const subscriber = connectRedis(target);
  for (const client of [publisher, subscriber]) client.on('error', handlers.onError);
  subscriber.on('messageBuffer', handlers.onMessage);
  subscriber.on('ready', handlers.onOpen);
  subscriber.on('close', handlers.onLost);

  return {
    publish: (channel, text) => publisher.publish(channel, text),
    subscribe: (channels) => subscriber.subscribe(...channels),
    unsubscribe: (channels) => subscriber.unsubscribe(...channels),
    subscribeOpenly: (channel) => subscriber.subscribe(channel),
    probes: () => [probe],
    reconnect() {
      for (const client of [publisher, subscriber]) breakOff(client);
    },
    close() {
      for (const client of [publisher, subscriber]) client.disconnect();
    },
  };
}

/** Ends what stands; a connection that is waited for anyway is left to its own pauses. */
function breakOff(client: Redis): void {
  if (client.status === 'ready' || client.status === 'connect') client.disconnect(true);
}
