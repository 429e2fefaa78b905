import { describe, expect, it } from 'vitest';
import { ago, dayName, daysBetween, longDate, shortTime } from './formats.ts';

const at = (day: number, hour = 12, month = 5): number => new Date(2026, month, day, hour).getTime();
const text = (time: number): string => new Date(time).toISOString();
const now = at(17, 9);

describe('days', () => {
  it('are counted by the calendar, not by hours', () => {
    expect(daysBetween(at(16, 23), at(17, 1))).toBe(1);
    expect(daysBetween(at(17, 1), at(17, 23))).toBe(0);
    // Whatever the time zone, the clocks changed in between or not.
    expect(daysBetween(at(1, 12, 2), at(1, 12, 3))).toBe(31);
    expect(daysBetween(at(1, 12, 9), at(1, 12, 10))).toBe(31);
  });

  it('have names', () => {
    expect([at(17), at(16), at(15), at(18)].map((day) => dayName(day, now))).toEqual([
      'today',
      'yesterday',
      undefined,
      undefined,
    ]);
  });

  it('are written out, with the year where it is another one', () => {
    expect(longDate('de', at(1), now)).toBe('Montag, 1. Juni');
    expect(longDate('de', new Date(2025, 5, 1).getTime(), now)).toBe('Sonntag, 1. Juni 2025');
  });
});

describe('times in the list', () => {
  it('get shorter the longer ago it was', () => {
    expect(shortTime('de', text(at(17, 8)), now)).toBe('8:00');
    expect(shortTime('de', text(at(15)), now)).toBe('Mo');
    expect(shortTime('de', text(at(1)), now)).toBe('1.6.26');
    expect(shortTime('de', text(at(17, 10)), now)).toBe('10:00');
  });

  it('are told from now', () => {
    expect(ago('en', text(now - 5 * 60_000), now)).toBe('5 minutes ago');
    expect(ago('en', text(now - 3 * 3_600_000), now)).toBe('3 hours ago');
    expect(ago('de', text(now - 49 * 3_600_000), now)).toBe('vorgestern');
    expect(ago('en', text(now + 60_000), now)).toBe('this minute');
  });
});
