import { describe, expect, it } from 'vitest';
import { visibleRows } from './visible-rows.ts';

const view = { scrolled: 0, height: 720, rowHeight: 72, count: 2_000 };

describe('the rows in sight', () => {
  it('are few, however long the list is', () => {
    expect(visibleRows(view)).toEqual({ first: 0, end: 18 });
    expect(visibleRows({ ...view, scrolled: 7_200 })).toEqual({ first: 92, end: 118 });
    expect(visibleRows({ ...view, scrolled: 2_000 * 72 - 720 })).toEqual({ first: 1_982, end: 2_000 });
  });

  it('are never outside of the list', () => {
    expect(visibleRows({ ...view, count: 3 })).toEqual({ first: 0, end: 3 });
    expect(visibleRows({ ...view, scrolled: 9_000, count: 3 })).toEqual({ first: 3, end: 3 });
    expect(visibleRows({ ...view, scrolled: -500 })).toEqual({ first: 0, end: 12 });
  });
});
