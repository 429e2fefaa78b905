import { AppError } from '@parley/contract';
import type { Cluster, Redis } from 'ioredis';
import { defaultLimits, type LimitName, type Limits } from '../../http/limits.ts';

/** A server that takes longer is done without: a limit must not cost more than what it protects. */
const patienceMs = 150;
/** After a failure this process counts alone for a while, so that nothing piles up for a server that is away. */
const restMs = 1_000;

/** Too many and too harmless to ask about: each instance counts its own. */
const countedHere: ReadonlySet<LimitName> = new Set<LimitName>(['typing']);

/**
 * The generic cell rate algorithm of `createLimits`, in Redis' time. KEYS: the bucket; ARGV: cost of one call and size of
 * the bucket in ms. Returns the ms to wait, 0 when it was counted.
 */
const take = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local cost, size = tonumber(ARGV[1]), tonumber(ARGV[2])
local emptyAt = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + cost
local wait = emptyAt - now - size
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.3f', emptyAt), 'PX', math.ceil(emptyAt - now))
return 0`;

interface Options {
  commands: Redis | Cluster;
  /** Counts what this instance sees. It refuses first, and decides alone while Redis is away. */
  local: Limits;
  enabled: boolean;
  limits?: Partial<typeof defaultLimits>;
  onError(error: unknown, what: string): void;
}

type Take = (bucket: string, cost: number, size: number) => Promise<number>;

/** Limits over all instances. */
export function createRedisLimits({ commands, local, enabled, onError, ...rest }: Options): Limits {
  const limits = { ...defaultLimits, ...rest.limits };
  let restUntil = 0;
  commands.defineCommand('limit_take', { numberOfKeys: 1, lua: take });
  const takeShared: Take = (...args) => (commands as unknown as { limit_take: Take }).limit_take(...args);

  async function askRedis(name: LimitName, key: string): Promise<number> {
    const { burst, seconds } = limits[name];
    const size = seconds * 1_000;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
    try {
      return await Promise.race([takeShared(`limit:${name}:${key}`, size / burst, size), late.promise]);
    } catch (error) {
      if (performance.now() >= restUntil) onError(error, 'limits are counted by each instance while Redis is away');
      restUntil = performance.now() + restMs;
      return 0;
    } finally {
      clearTimeout(timer);
    }
  }

  async function takeEverywhere(name: LimitName, key: string): Promise<void> {
    const wait = await askRedis(name, key);
    if (wait > 0) throw new AppError('rate_limited', undefined, { retryAfter: wait / 1_000 });
  }

  return {
    take(name, key) {
      if (!enabled) return;
      const counted = local.take(name, key);
      if (countedHere.has(name) || performance.now() < restUntil) return counted;
      const taken = takeEverywhere(name, key);
      // Whoever does not wait is held to the limit of this instance alone.
      taken.catch(() => {});
      return taken;
    },
  };
}
