interface View {
  /** How far the list is scrolled past its own beginning. */
  scrolled: number;
  height: number;
  rowHeight: number;
  count: number;
}

export interface Rows {
  first: number;
  /** The one after the last. */
  end: number;
}

const aheadRows = 8;

/** Which rows are in sight, and a few more on both sides. All are of one height. */
export function visibleRows({ scrolled, height, rowHeight, count }: View): Rows {
  const first = Math.floor(scrolled / rowHeight) - aheadRows;
  const end = Math.ceil((scrolled + height) / rowHeight) + aheadRows;
  const inside = (index: number): number => Math.max(0, Math.min(index, count));
  return { first: inside(first), end: inside(end) };
}
