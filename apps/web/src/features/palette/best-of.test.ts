import { expect, it } from 'vitest';
import { bestOf } from './best-of.ts';

const items = ['New chat', 'Saved Messages', 'Alice Newman', 'Renewal', 'Settings: Privacy'].map((text) => ({ text }));
const best = (typed: string, most = 9): string[] => bestOf(items, typed, most).map(({ text }) => text);

it('finds by beginnings first, then by what is inside', () => {
  expect(best('new')).toEqual(['New chat', 'Alice Newman', 'Renewal']);
  expect(best(' PRIV')).toEqual(['Settings: Privacy']);
  expect(best('zzz')).toEqual([]);
});

it('offers all in their order while nothing is typed, but not too many', () => {
  expect(best('')).toEqual(items.map(({ text }) => text));
  expect(best('', 2)).toEqual(['New chat', 'Saved Messages']);
});
