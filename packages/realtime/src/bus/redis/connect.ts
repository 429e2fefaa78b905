import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';

/** How to reach a Redis: one server, or any node of a cluster. */
export type RedisTarget = Pick<
  RedisOptions,
  'host' | 'port' | 'username' | 'password' | 'db' | 'tls' | 'connectionName'
>;

/** `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS. */
export function parseRedisUrl(address: string): RedisTarget {
  const { protocol, hostname, port, username, password, pathname } = new URL(address);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 6379),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(pathname.length > 1 ? { db: Number(pathname.slice(1)) } : {}),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

/**
 * Nothing waits in a queue of this process while the server is away, and nothing is sent twice: what failed is told at
 * once, and whoever sent it knows what to do.
 */
const unqueued: RedisOptions = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 5_000,
  keepAlive: 5_000,
  retryStrategy: pauseBefore,
};

/** Many instances that lost the same server do not come back in one moment. */
function pauseBefore(attempt: number): number {
  return Math.min(2_000, 25 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2);
}

/** The caller listens to `error`: a connection that breaks tells itself by it, and is made again. */
export function connectRedis(target: RedisTarget, options: RedisOptions = {}): Redis {
  return new Redis({ ...unqueued, ...target, ...options });
}

export function connectCluster(target: RedisTarget, options: ClusterOptions = {}): Cluster {
  const { host = '127.0.0.1', port = 6379, db: _, ...access } = target;
  return new Cluster([{ host, port }], {
    enableOfflineQueue: false,
    clusterRetryStrategy: pauseBefore,
    slotsRefreshTimeout: 3_000,
    shardedSubscribers: true,
    ...options,
    // Lookups by name are the network's: a node is reached by the address that the cluster tells.
    redisOptions: { ...access, connectTimeout: 5_000, maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false },
  });
}

/** Asks the server. Rejects while it cannot be reached or is still loading. */
export async function isCluster(target: RedisTarget): Promise<boolean> {
  const client = new Redis({ ...target, lazyConnect: true, retryStrategy: null, connectTimeout: 5_000 });
  const failed = new Promise<never>((_, reject) => client.once('error', reject));
  failed.catch(() => {});
  try {
    const asked = client.connect().then(() => client.info('cluster'));
    const info = await Promise.race([asked, failed, deadline(5_000)]);
    return /^cluster_enabled:1/m.test(info);
  } finally {
    client.disconnect();
  }
}

async function deadline(ms: number): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
  throw new Error(`no answer within ${ms} ms`);
}
