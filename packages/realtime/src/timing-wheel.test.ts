import { afterEach, describe, expect, it } from 'vitest';
import { createTimingWheel, NOT_SCHEDULED, type TimingWheel, type WheelEntry } from './timing-wheel.ts';

let wheel: TimingWheel | undefined;
afterEach(() => wheel?.close());

function build(onDeadline: () => void): WheelEntry {
  return { wheelSlot: NOT_SCHEDULED, wheelTick: 0, onDeadline };
}

function turn(ticks: number): void {
  for (let count = 0; count < ticks; count += 1) wheel?.tick();
}

describe('timing wheel', () => {
  it('is never early and at most one tick late, also beyond one round', () => {
    wheel = createTimingWheel({ tickMs: 60_000, slots: 4 });
    for (const ticks of [0, 1, 3, 4, 9]) {
      let calls = 0;
      wheel.schedule(
        build(() => (calls += 1)),
        ticks * 60_000,
      );
      turn(ticks);
      expect(calls).toBe(0);
      turn(1);
      expect(calls).toBe(1);
      turn(8);
      expect(calls).toBe(1);
    }
  });

  it('replaces and cancels', () => {
    wheel = createTimingWheel({ tickMs: 60_000, slots: 4 });
    let calls = 0;
    const entry = build(() => (calls += 1));
    wheel.schedule(entry, 60_000);
    wheel.schedule(entry, 180_000);
    expect(wheel.size).toBe(1);
    turn(3);
    expect(calls).toBe(0);
    wheel.cancel(entry);
    turn(8);
    expect([calls, wheel.size]).toEqual([0, 0]);
  });

  it('lets an entry set its next deadline from its own', () => {
    wheel = createTimingWheel({ tickMs: 60_000, slots: 4 });
    let calls = 0;
    const entry = build(() => {
      calls += 1;
      wheel?.schedule(entry, 0);
    });
    wheel.schedule(entry, 0);
    turn(5);
    expect(calls).toBe(5);
  });
});
