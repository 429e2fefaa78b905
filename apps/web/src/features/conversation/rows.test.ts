import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers, offsetsOf, type Row, rowAt, rowsOf, shownOf, sliceFor } from './rows.ts';
import type { Day } from './timeline.ts';

const buildDay = (start: number, count: number): Day => ({
  start,
  entries: Array.from({ length: count }, (_, index) => ({ kind: 'unread', key: `${start}/${index}`, at: start })),
});

/** Days of any length, rows of any height, a view anywhere. */
const conversations = fc
  .record({
    counts: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 }),
    heights: fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 40 }),
    top: fc.double({ min: 0, max: 1, noNaN: true }),
    view: fc.integer({ min: 100, max: 1_500 }),
  })
  .map(({ counts, heights, top, view }) => {
    const days = counts.map((count, index) => buildDay(index, count));
    const rows = rowsOf(days);
    const heightOf = (row: Row): number => heights[rows.indexOf(row) % heights.length]!;
    const offsets = offsetsOf(rows, heightOf);
    const upper = top * Math.max(0, offsets.at(-1)! - view);
    return { days, rows, heightOf, offsets, top: upper, bottom: upper + view };
  });

describe('a slice', () => {
  it('has every row that is seen, and room to go on', () => {
    fc.assert(
      fc.property(conversations, ({ rows, offsets, top, bottom }) => {
        const slice = sliceFor(offsets, top, bottom);
        const seen = rows
          .map((_, index) => index)
          .filter((index) => offsets[index]! < bottom && offsets[index + 1]! > top);
        for (const index of seen) expect(index >= slice.start && index < slice.end).toBe(true);
        expect(covers(slice, offsets, top, bottom)).toBe(true);
      }),
    );
  });

  it('stays small, however long the conversation is', () => {
    const rows = rowsOf([buildDay(0, 100_000)]);
    const offsets = offsetsOf(rows, () => 40);
    const { start, end } = sliceFor(offsets, 2_000_000, 2_000_900);
    expect(end - start).toBeLessThan(60);
  });

  it('does not cover what lies beyond it', () => {
    const offsets = offsetsOf(rowsOf([buildDay(0, 500)]), () => 40);
    const slice = sliceFor(offsets, 8_000, 8_900);
    expect(covers(slice, offsets, 8_300, 9_200)).toBe(true);
    expect(covers(slice, offsets, 8_400, 9_300)).toBe(false);
    expect(covers(slice, offsets, 7_600, 8_500)).toBe(false);
  });
});

describe('what is shown', () => {
  it('is as high as everything, with what is made at its place', () => {
    fc.assert(
      fc.property(conversations, ({ days, rows, heightOf, offsets, top, bottom }) => {
        const slice = sliceFor(offsets, top, bottom);
        const shown = shownOf(days, rows, offsets, slice);
        let line = shown.before;
        for (const day of shown.days) {
          const date = rows.findIndex((row) => row.entry === undefined && days[row.day]!.start === day.start);
          expect(line).toBe(offsets[date]);
          line += heightOf(rows[date]!) + day.before;
          for (const entry of day.entries) {
            const index = rows.findIndex(({ key }) => key === entry.key);
            expect(line).toBe(offsets[index]);
            expect(index >= slice.start && index < slice.end).toBe(true);
            line += heightOf(rows[index]!);
          }
          line += day.after;
        }
        expect(line + shown.after).toBe(offsets.at(-1));
      }),
    );
  });

  it('is nothing where nothing is', () => {
    expect(shownOf([], [], [0], sliceFor([0], 0, 500))).toEqual({ before: 0, after: 0, days: [] });
  });
});

describe('the row at a line', () => {
  it.each([
    [-5, 0],
    [0, 0],
    [9, 0],
    [10, 1],
    [29, 1],
    [30, 2],
    [500, 2],
  ])('%d is in row %d', (line, row) => {
    expect(rowAt([0, 10, 30, 35], line)).toBe(row);
  });
});
