import { randomUUID } from 'node:crypto';
import type { Bus, HubEvent, SocketIODoorOptions } from '@parley/realtime';
import {
  connectCluster,
  connectRedis,
  createRedisBus,
  createSocketIORedisAdapter,
  type IngressMessage,
  isCluster,
  parseRedisUrl,
  type RedisBus,
  type RedisTarget,
} from '@parley/realtime/redis';
import type { Logger } from 'pino';
import { createRedisLimits } from '../adapters/limits/redis.ts';
import { createRedisRoster } from '../adapters/presence/redis.ts';
import { createPresenceStore } from '../adapters/presence/redis-store.ts';
import type { Config } from '../config.ts';
import { createLimits, type Limits } from '../http/limits.ts';
import type { Roster } from '../modules/presence/roster.ts';

/** What instances share by Redis. */
export interface SharedRedis {
  bus: Bus;
  busStats: RedisBus['stats'];
  roster: Roster;
  limits: Limits;
  socketAdapter: SocketIODoorOptions['adapter'];
  /** After the doors and the bus. */
  close(): void;
}

type RedisConfig = Pick<
  Config,
  'redisUrl' | 'redisHost' | 'redisPort' | 'redisPassword' | 'redisDb' | 'chatNotificationChannel' | 'rateLimits'
>;

interface Parts {
  logger: Logger;
  print(line: string): void;
  /** Makes an event of what other services publish; see createRedisBus. */
  onIngress?: (message: IngressMessage) => HubEvent | undefined;
}

const chatPrefix = 'chat:';

/** The Redis that the settings name (see `hasRedis`). */
export function redisOf(config: RedisConfig): RedisTarget {
  if (config.redisUrl !== undefined) return parseRedisUrl(config.redisUrl);
  const { redisHost: host = '', redisPort: port, redisPassword: password, redisDb: db } = config;
  return { host, port, db, ...(password === undefined ? {} : { password }) };
}

/** A bus alone, for a role that has no connections. */
export async function openSharedBus(config: RedisConfig, parts: Parts): Promise<Bus> {
  const target = redisOf(config);
  return createBus(config, parts, target, await waitForRedis(target, parts.print));
}

/** A Redis that is not up yet is waited for. */
export async function openSharedRedis(config: RedisConfig, parts: Parts): Promise<SharedRedis> {
  const target = redisOf(config);
  const cluster = await waitForRedis(target, parts.print);
  const onError = (error: unknown, what: string) => parts.logger.warn({ err: error }, what);
  const instanceId = randomUUID();
  const commands = cluster ? connectCluster(target) : connectRedis(target, { commandTimeout: 3_000 });
  const subscriber = cluster ? connectCluster(target) : connectRedis(target);
  // Told by those who use them.
  for (const client of [commands, subscriber]) client.on('error', () => {});
  // Who is here is shared from the first connection on.
  await Promise.all([commands, subscriber].map(untilReady));
  const store = createPresenceStore({ commands, subscriber, isCluster: cluster, instanceId });
  const local = createLimits({ enabled: config.rateLimits });
  const socketIO = createSocketIORedisAdapter(target, cluster);
  const bus = createBus(config, parts, target, cluster);
  return {
    bus,
    busStats: bus.stats,
    roster: createRedisRoster({ store, instanceId, onError }),
    limits: createRedisLimits({ commands, local, enabled: config.rateLimits, onError }),
    socketAdapter: socketIO.adapter,
    close() {
      socketIO.close();
      commands.disconnect();
    },
  };
}

function createBus(config: RedisConfig, parts: Parts, target: RedisTarget, cluster: boolean): RedisBus {
  const { logger, onIngress } = parts;
  parts.print(`bus       Redis at ${nameOf(target)}${cluster ? ' (cluster)' : ''}`);
  const channelOf = (topic: string): string =>
    topic.startsWith(chatPrefix)
      ? `${config.chatNotificationChannel}:${topic.slice(chatPrefix.length)}`
      : `realtime:${topic}`;
  return createRedisBus({ target, cluster, channelOf, logger, ...(onIngress === undefined ? {} : { onIngress }) });
}

async function untilReady(client: ReturnType<typeof connectRedis> | ReturnType<typeof connectCluster>): Promise<void> {
  if (client.status !== 'ready') await new Promise((resolve) => client.once('ready', resolve));
}

/** Whether it is a cluster, once it answers. */
async function waitForRedis(target: RedisTarget, print: (line: string) => void): Promise<boolean> {
  for (let pause = 250; ; pause = Math.min(pause * 2, 5_000)) {
    try {
      return await isCluster(target);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      refuseForGood(message);
      print(`waiting for Redis at ${nameOf(target)} (${code ?? message})`);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** A wrong password or database number does not come right by waiting. */
function refuseForGood(reason: string): void {
  if (/^(WRONGPASS|NOAUTH|NOPERM|ERR DB index|ERR invalid DB)/.test(reason)) {
    throw new Error(`Redis refused the connection: ${reason}`);
  }
}

const nameOf = ({ host = '', port }: RedisTarget): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
