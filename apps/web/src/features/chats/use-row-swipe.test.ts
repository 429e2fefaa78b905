import { describe, expect, it } from 'vitest';
import { pulled, sideOf } from './use-row-swipe.ts';

describe('a row that is drawn aside', () => {
  it('follows the finger, and then less and less', () => {
    expect(pulled(40)).toBe(40);
    expect(pulled(-40)).toBe(-40);
    expect(pulled(184)).toBe(109);
    expect(pulled(-184)).toBe(-109);
  });

  it('uncovers the side that it leaves, as the text runs', () => {
    expect(sideOf(50, false)).toBe('start');
    expect(sideOf(-50, false)).toBe('end');
    expect(sideOf(50, true)).toBe('end');
    expect(sideOf(-50, true)).toBe('start');
  });
});
