import { describe, expect, it } from 'vitest';
import { beginsAtEdge, intentOf, isGoing } from './edge-swipe.ts';

describe('a swipe from the edge', () => {
  it('begins at the edge only', () => {
    expect([0, 20, 28, 29, 200, -1].map(beginsAtEdge)).toEqual([true, true, true, false, false, false]);
  });

  it.each([
    ['nothing yet', { x: 6, y: 4 }, 'none'],
    ['into the page', { x: 20, y: 5 }, 'draw'],
    ['scrolling', { x: 5, y: 20 }, 'other'],
    ['askew', { x: 20, y: 18 }, 'other'],
    ['outwards', { x: -20, y: 0 }, 'other'],
  ] as const)('is told from other movements: %s', (_what, move, intent) => {
    expect(intentOf(move)).toBe(intent);
  });

  it.each([
    ['far', 200, 0, true],
    ['a little, slowly', 60, 0.1, false],
    ['a little, quickly', 60, 0.9, true],
    ['back again, quickly', 60, -0.9, false],
  ])('goes or comes back: %s', (_how, x, perMs, goes) => {
    expect(isGoing(x, 360, perMs)).toBe(goes);
  });
});
