export interface BackoffOptions {
  baseMs?: number;
  capMs?: number;
  random?: () => number;
}

export interface Backoff {
  /** How long to wait before the next try. */
  next(): number;
  /** It worked: the next failure starts from the beginning. */
  reset(): void;
}

/**
 * Full jitter: any time up to a bound that doubles. It spreads the clients of a restarted server evenly.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function createBackoff({ baseMs = 500, capMs = 30_000, random = Math.random }: BackoffOptions = {}): Backoff {
  let tries = 0;
  return {
    next() {
      const bound = Math.min(capMs, baseMs * 2 ** Math.min(tries, 30));
      tries += 1;
      return random() * bound;
    },
    reset() {
      tries = 0;
    },
  };
}
