import { describe, expect, test } from 'vitest';
import { hashesOf, hashPart, normalize, queryParts, tokensOf, wordsOf } from './tokens.ts';

const isFound = (query: string, text: string): boolean => {
  const tokens = new Set(tokensOf(normalize(text), 3));
  return hashesOf(queryParts(normalize(query)), 3).every((hash) => tokens.has(hash));
};

describe('what a query must have is among the parts of every text it matches', () => {
  test.each([
    ['ssen', 'Parley is a messenger'],
    ['CAFE', 'See you at the café'],
    ['p', 'a plum'],
    ['pl', 'a plum'],
    ['東京', '来週は東京に行きます'],
    ['京', '東京'],
    ['привет', 'ПРИВЕТ, мир'],
    ['ﬁnd', 'find it'],
    ['v2', 'the v2 release'],
    ['messenger parley', 'Parley is a messenger'],
    ['𠀋', '𠀋𠀌'],
    ['𝒜𝓑𝒸', '𝒜𝓑𝒸'],
    ['𐐷𐐲𐑌', '𐐷𐐲𐑌𐐨'],
  ])('%s in %s', (query, text) => expect(isFound(query, text)).toBe(true));
});

test.each([
  ['xyz', 'a plum'],
  ['um', 'a plum'],
  ['京東', '東京'],
])('%s is not in %s', (query, text) => expect(isFound(query, text)).toBe(false));

test('marks and spaces make no words', () => {
  expect(wordsOf(normalize(' … 👩‍👩‍👧 -- '))).toEqual([]);
  expect(queryParts('')).toEqual(new Set());
});

test('the same part hashes differently in each segment, and fits an integer', () => {
  const hashes = [0, 1, 2].map((segment) => hashPart('abc', segment));
  expect(new Set(hashes).size).toBe(3);
  for (const hash of hashes) expect(Math.abs(hash)).toBeLessThanOrEqual(2 ** 31);
});

test('a text without end has no more tokens than others with many words', () => {
  const words = Array.from({ length: 4_000 }, (_, index) => `w${index}x`).join(' ');
  expect(tokensOf(words, 0).length).toBeLessThan(2_100);
});

test('a text without words has no tokens', () => expect(tokensOf(' … 👩‍👩‍👧 -- ', 0)).toEqual([]));
