/** Index of the first row whose end is below the line; rows are in order. `endOf` is asked for few of them. */
export function firstBelow(count: number, line: number, endOf: (index: number) => number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (endOf(middle) <= line) low = middle + 1;
    else high = middle;
  }
  return low;
}
