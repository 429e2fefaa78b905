import type { Day, Entry } from './timeline.ts';

/** A line of the conversation: the date of a day, or one of its entries. */
export interface Row {
  key: string;
  /** Index of its day. */
  day: number;
  /** None for the date. */
  entry: Entry | undefined;
}

export const dateKey = (start: number): string => `day ${start}`;

/** Everything there is to show, in one list from top to bottom. */
export const rowsOf = (days: readonly Day[]): Row[] =>
  days.flatMap(({ start, entries }, day) => [
    { key: dateKey(start), day, entry: undefined },
    ...entries.map((entry) => ({ key: entry.key, day, entry })),
  ]);

/** Where each row begins, and in the end where the last one ends. */
export function offsetsOf(rows: readonly Row[], heightOf: (row: Row) => number): number[] {
  const offsets = [0];
  let end = 0;
  for (const row of rows) {
    end += heightOf(row);
    offsets.push(end);
  }
  return offsets;
}

/** Rows from `start` up to, not including, `end`. */
export interface Slice {
  start: number;
  end: number;
}

/** Rows outside of the view that are there before they are seen, in px. */
const ahead = 480;
/** With less than this ahead, rows are made anew. */
const least = 160;

const countOf = (offsets: readonly number[]): number => offsets.length - 1;

/** The last row that begins at or above the line; the first when none does. */
export function rowAt(offsets: readonly number[], line: number): number {
  let low = 0;
  let high = countOf(offsets);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle + 1]! <= line) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, Math.min(low, countOf(offsets) - 1));
}

const between = (offsets: readonly number[], top: number, bottom: number): Slice =>
  countOf(offsets) === 0 ? { start: 0, end: 0 } : { start: rowAt(offsets, top), end: rowAt(offsets, bottom) + 1 };

/** What is made for a view from `top` to `bottom`. */
export const sliceFor = (offsets: readonly number[], top: number, bottom: number): Slice =>
  between(offsets, top - ahead, bottom + ahead);

/** Whether the reader can go on a bit before something has to be made. */
export function covers(slice: Slice, offsets: readonly number[], top: number, bottom: number): boolean {
  const needed = between(offsets, top - least, bottom + least);
  return slice.start <= needed.start && slice.end >= needed.end;
}

export interface DaySlice {
  start: number;
  /** Height of its entries that are not made, above and below those that are. */
  before: number;
  after: number;
  entries: readonly Entry[];
}

export interface Shown {
  /** Height of the days that are not made. */
  before: number;
  after: number;
  days: readonly DaySlice[];
}

/** The slice by days. A day of which something is made has its date, so that it can stick to the upper edge. */
export function shownOf(
  days: readonly Day[],
  rows: readonly Row[],
  offsets: readonly number[],
  { start, end }: Slice,
): Shown {
  const total = offsets.at(-1) ?? 0;
  const shown: DaySlice[] = [];
  let [before, after] = [0, total];
  let first = 0;
  for (const day of days) {
    const next = first + 1 + day.entries.length;
    if (first < end && next > start) {
      const from = Math.max(start, first + 1);
      const to = Math.max(from, Math.min(end, next));
      if (shown.length === 0) before = offsets[first]!;
      after = total - offsets[next]!;
      shown.push({
        start: day.start,
        before: offsets[from]! - offsets[first + 1]!,
        after: offsets[next]! - offsets[to]!,
        entries: day.entries.slice(from - first - 1, to - first - 1),
      });
    }
    first = next;
  }
  return shown.length === 0
    ? { before: rows.length === 0 ? 0 : total, after: 0, days: [] }
    : { before, after, days: shown };
}
