import { describe, expect, it } from 'vitest';
import { createBackoff } from './backoff.ts';

describe('back-off', () => {
  it('doubles its bound up to the cap', () => {
    const backoff = createBackoff({ random: () => 1 });
    const waits = Array.from({ length: 8 }, () => backoff.next());
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('takes any time below the bound', () => {
    const randoms = [0, 0.25, 0.999];
    const backoff = createBackoff({ random: () => randoms.shift()! });
    expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([0, 250, 1_998]);
  });

  it('starts again once it worked, and never overflows', () => {
    const backoff = createBackoff({ random: () => 1 });
    for (let tries = 0; tries < 2_000; tries += 1) backoff.next();
    expect(backoff.next()).toBe(30_000);
    backoff.reset();
    expect(backoff.next()).toBe(500);
  });
});
