import { AppError, type Limit } from '@parley/contract';

/** `burst` calls at once, refilled over `seconds`. */
interface Bucket {
  burst: number;
  seconds: number;
}

export const defaultLimits: Record<Limit | 'socketSend' | 'typing' | 'publish' | 'uploadAddress', Bucket> = {
  sign_in: { burst: 20, seconds: 60 },
  register: { burst: 20, seconds: 3_600 },
  send: { burst: 60, seconds: 10 },
  forward: { burst: 10, seconds: 10 },
  socketSend: { burst: 10, seconds: 10 },
  typing: { burst: 20, seconds: 10 },
  publish: { burst: 60, seconds: 10 },
  search: { burst: 60, seconds: 60 },
  write: { burst: 120, seconds: 60 },
  draft: { burst: 60, seconds: 60 },
  join: { burst: 60, seconds: 60 },
  glimpse: { burst: 60, seconds: 60 },
  upload: { burst: 100, seconds: 600 },
  /** Besides, for all who upload from one address. */
  uploadAddress: { burst: 1_000, seconds: 600 },
  chunk: { burst: 600, seconds: 60 },
};

export type LimitName = keyof typeof defaultLimits;

export interface Limits {
  /** Counts one call; throws, or rejects with, `rate_limited` and the seconds to wait. To be awaited. */
  take(name: LimitName, key: string): void | Promise<void>;
}

const maxKeys = 100_000;

/**
 * Token buckets in memory by the generic cell rate algorithm: a key costs one number, the time at which it is empty again.
 * Keys that are empty are forgotten.
 */
export function createLimits(options: {
  enabled: boolean;
  now?: () => number;
  limits?: Partial<typeof defaultLimits>;
}): Limits {
  const now = options.now ?? Date.now;
  const emptyAt = new Map<string, number>();
  const limits = { ...defaultLimits, ...options.limits };

  function forget(time: number): void {
    for (const [key, at] of emptyAt) if (at <= time) emptyAt.delete(key);
    if (emptyAt.size > maxKeys) emptyAt.clear();
  }

  return {
    take(name, key) {
      if (!options.enabled) return;
      const { burst, seconds } = limits[name];
      const time = now();
      const cost = (seconds * 1_000) / burst;
      const id = `${name} ${key}`;
      const next = Math.max(emptyAt.get(id) ?? 0, time) + cost;
      const wait = next - time - seconds * 1_000;
      if (wait > 0) throw new AppError('rate_limited', undefined, { retryAfter: wait / 1_000 });
      emptyAt.set(id, next);
      if (emptyAt.size > maxKeys) forget(time);
    },
  };
}
