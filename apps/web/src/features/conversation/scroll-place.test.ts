import { describe, expect, it } from 'vitest';
import { firstBelow } from './scroll-place.ts';

describe('the first row below a line', () => {
  const ends = [10, 20, 30, 40];
  const find = (line: number): number => firstBelow(ends.length, line, (index) => ends[index]!);

  it('is found by few questions', () => {
    expect([-5, 0, 10, 15, 39, 40].map(find)).toEqual([0, 0, 1, 1, 3, 4]);
    let asked = 0;
    firstBelow(1_000, 5_000, (index) => {
      asked += 1;
      return index * 10;
    });
    expect(asked).toBeLessThan(12);
  });
});
