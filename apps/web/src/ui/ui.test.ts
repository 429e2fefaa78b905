import { describe, expect, it } from 'vitest';
import { hueOf, initialsOf } from './hue.ts';
import { placeMenu } from './place-menu.ts';

describe('initials', () => {
  it.each([
    ['Ann', 'A'],
    ['  ann  marie miller ', 'AM'],
    ['👨‍👩‍👧 Family', 'F'],
    ['Band practice 🎻', 'BP'],
    ['👨‍👩‍👧', '👨‍👩‍👧'],
    ['ßen', 'SS'],
    ['', ''],
  ])('of “%s” are “%s”', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});

describe('hues', () => {
  it('are always the same for an id, and spread over ids that are alike', () => {
    const ids = Array.from({ length: 40 }, (_, index) => `01a1f71a-d331-769e-aba9-ad45b675d5${index + 10}`);
    expect(ids.map(hueOf)).toEqual(ids.map(hueOf));
    expect(new Set(ids.map(hueOf)).size).toBeGreaterThan(7);
  });
});

describe('a menu', () => {
  const menu = { width: 200, height: 240 };
  const window = { width: 400, height: 600 };

  it('opens at the point, and moves to stay in the window', () => {
    expect(placeMenu({ x: 50, y: 60 }, menu, window)).toEqual({ x: 50, y: 60 });
    expect(placeMenu({ x: 390, y: 590 }, menu, window)).toEqual({ x: 192, y: 352 });
    expect(placeMenu({ x: -5, y: 0 }, menu, window)).toEqual({ x: 8, y: 8 });
    expect(placeMenu({ x: 50, y: 60 }, menu, { width: 100, height: 100 })).toEqual({ x: 8, y: 8 });
  });
});
