import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter';
import type { Cluster, Redis } from 'ioredis';
import type { ServerOptions } from 'socket.io';
import { connectCluster, connectRedis, type RedisTarget } from '../../bus/redis/connect.ts';
import { createOutgoing } from '../../bus/redis/outgoing.ts';

type Adapter = NonNullable<ServerOptions['adapter']>;
type Command = (...args: never[]) => Promise<unknown>;

const subscribing = ['subscribe', 'psubscribe', 'ssubscribe', 'unsubscribe', 'punsubscribe', 'sunsubscribe'] as const;
const maxPendingBytes = 8 * 1024 * 1024;

export interface SocketIORedisAdapter {
  /** For `createSocketIODoor({ adapter })`: rooms, `fetchSockets` and emits that are not `local` span instances. */
  adapter: Adapter;
  /** After the door. */
  close(): void;
}

/**
 * Socket.IO's own adapter with two connections of its own. It lets its promises go, so what fails here must not end the
 * process: an emit that Redis cannot carry reaches the sockets of this instance only.
 */
export function createSocketIORedisAdapter(target: RedisTarget, isCluster: boolean): SocketIORedisAdapter {
  const publisher = isCluster ? connectCluster(target) : connectRedis(target);
  // The few channels are subscribed once, perhaps before the connection stands, and again by the client itself.
  const waiting = { enableOfflineQueue: true, autoResubscribe: true, maxRetriesPerRequest: null };
  const subscriber = isCluster ? connectCluster(target, { enableOfflineQueue: true }) : connectRedis(target, waiting);
  for (const client of [publisher, subscriber]) client.on('error', () => {});
  boundPublishing(publisher);
  for (const name of subscribing) quieten(subscriber, name);

  return {
    adapter: (isCluster
      ? createShardedAdapter(publisher, subscriber, { subscriptionMode: 'static' })
      : createAdapter(publisher, subscriber)) as Adapter,
    close() {
      for (const client of [publisher, subscriber]) client.disconnect();
    },
  };
}

function boundPublishing(client: Redis | Cluster): void {
  for (const name of ['publish', 'spublish'] as const) {
    const publish = client[name].bind(client) as (channel: string, text: string) => Promise<unknown>;
    const outgoing = createOutgoing({ publish }, maxPendingBytes);
    Object.assign(client, { [name]: (channel: string, text: string) => outgoing.publish(channel, text) });
  }
}

function quieten(client: Redis | Cluster, name: (typeof subscribing)[number]): void {
  const command = client[name].bind(client) as Command;
  Object.assign(client, { [name]: (...args: never[]) => command(...args).catch(() => {}) });
}
