import { isIPv6 } from 'node:net';
import { AppError } from '@parley/contract';
import type { Clock } from '../../clock.ts';

/** Wrong passwords that cost nothing, per name from one address. */
const freeTries = 5;
/** Attempts at one name from anywhere after which each address has one free try only, and waits grow longer still. */
const calmAttempts = 20;
const longestWait = 15 * 60_000;
/** Quiet after which everything is forgotten. */
const memory = 60 * 60_000;
const maxKeys = 50_000;

interface Counter {
  count: number;
  openAt: number;
  lastAt: number;
}

export interface Throttle {
  /**
   * Counts an attempt before the password is looked at, so that many at once do not slip through. Throws `rate_limited`.
   * Call the result when the password was right.
   */
  attempt(name: string, address: string): () => void;
}

/**
 * Slows the guessing of passwords down exponentially. Waits belong to an address: whoever guesses elsewhere makes them
 * longer, but cannot keep the owner out, because an address that has not failed yet always has a try. Existing sessions
 * are not concerned at all. Names are counted as typed, whether they exist or not, so that a wait tells nothing.
 */
export function createThrottle({ clock, isEnabled }: { clock: Clock; isEnabled: boolean }): Throttle {
  const pairs = new Map<string, Counter>();
  const names = new Map<string, Counter>();
  if (!isEnabled) return { attempt: () => () => {} };

  return {
    attempt(name, address) {
      const now = clock();
      const pairKey = `${networkOf(address)} ${name}`;
      const pair = counterOf(pairs, pairKey, now);
      if (now < pair.openAt) throw new AppError('rate_limited', undefined, { retryAfter: (pair.openAt - now) / 1_000 });
      const everywhere = counterOf(names, name, now);
      everywhere.count += 1;
      pair.count += 1;
      pair.openAt = now + waitAfter(pair.count, everywhere.count);
      return () => {
        everywhere.count -= 1;
        pairs.delete(pairKey);
      };
    },
  };
}

/** Milliseconds to wait after the given number of failures here and of attempts everywhere. */
export function waitAfter(failures: number, everywhere: number): number {
  const isUnderAttack = everywhere > calmAttempts;
  const over = failures - (isUnderAttack ? 1 : freeTries);
  if (over < 0) return 0;
  const pressure = isUnderAttack ? Math.log2(everywhere / calmAttempts) : 0;
  return Math.min(longestWait, 1_000 * 2 ** (over + pressure));
}

function counterOf(counters: Map<string, Counter>, key: string, now: number): Counter {
  const known = counters.get(key);
  const counter = known && now - known.lastAt < memory ? known : { count: 0, openAt: 0, lastAt: now };
  counter.lastAt = now;
  // Deleted first, so that the map stays ordered by last use and its head is what to forget.
  counters.delete(key);
  counters.set(key, counter);
  if (counters.size > maxKeys) counters.delete(counters.keys().next().value as string);
  return counter;
}

/** One customer usually holds a /64 of IPv6 addresses, so those count as one. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const plain = address.split('%', 1)[0] ?? '';
  if (!isIPv6(plain)) return address;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0');
  return [...front, ...zeros, ...back]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
