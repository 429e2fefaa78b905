import { expect, it } from 'vitest';
import { looksOf } from './looks.ts';

it('the looks are as chosen, and as usual where nothing or something unknown is chosen', () => {
  expect(looksOf({})).toEqual({ accent: 'teal', textSize: 'normal', wallpaper: 'dots' });
  expect(looksOf({ accent: 'rose', textSize: 'larger', wallpaper: 'plain', other: 1 })).toEqual({
    accent: 'rose',
    textSize: 'larger',
    wallpaper: 'plain',
  });
  expect(looksOf({ accent: 'tartan', textSize: 15, wallpaper: true })).toEqual(looksOf({}));
});
