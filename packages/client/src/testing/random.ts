export interface Random {
  /** From 0 up to 1. */
  next(): number;
  /** From 0 up to, and without, `count`. */
  below(count: number): number;
  /** `undefined` of nothing. */
  pick<T>(items: readonly T[]): T | undefined;
}

/** Repeatable randomness (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number): number => Math.floor(next() * count);
  return { next, below, pick: (items) => items[below(items.length)] };
}
