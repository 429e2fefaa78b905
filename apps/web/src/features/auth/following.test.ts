import { expect, it } from 'vitest';
import { follow, followedBy, takeFollowed } from './following.ts';

it('leads in once, and only there', () => {
  follow('/join/a', 'Club');
  expect([followedBy('/join/a'), followedBy('/join/b'), followedBy(undefined)]).toEqual(['Club', undefined, undefined]);
  expect([takeFollowed('/join/a'), takeFollowed('/join/a')]).toEqual([true, false]);
  follow('/join/a', 'Club');
  expect([takeFollowed('/join/b'), takeFollowed('/join/a')]).toEqual([false, false]);
});
