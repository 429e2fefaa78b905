import type { Participant } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { queryAt, suggestionsOf } from './suggestions.ts';

/** `|` is the caret. */
const query = (text: string) => queryAt(text.replace('|', ''), text.indexOf('|'));

describe('what is being named at the caret', () => {
  it.each<[string, string | undefined]>([
    ['@|', ''],
    ['@al|', 'al'],
    ['hi @al|', 'al'],
    ['(@al|', 'al'],
    ['@a.b-c|', 'a.b-c'],
    ['@Žo|', 'Žo'],
    ['@al|ice and more', 'al'],
    ['你好 @|', ''],
    ['mail@al|', undefined],
    ['@@al|', undefined],
    ['@al |', undefined],
    ['|@al', undefined],
    ['al|', undefined],
  ])('%s', (text, expected) => {
    expect(query(text)?.text).toBe(expected);
  });

  it('reaches to the end of the name', () => {
    expect(query('hi @al|ice, you')).toEqual({ start: 3, end: 9, text: 'al' });
  });
});

describe('who is suggested', () => {
  const person = (username: string | undefined, displayName: string, isMember = true) =>
    ({ id: displayName, username, displayName, isMember }) as Participant;
  const people = [
    person('zed', 'Ann Bee'),
    person('beth', 'Wanda'),
    person('bea', 'Otto'),
    person('gone', 'Bea Gone', false),
    person(undefined, 'Bea Nameless'),
    person('me', 'Bea Me'),
  ];
  const names = (text: string): string[] => suggestionsOf(people, text, 'Bea Me').map(({ displayName }) => displayName);

  it('are members, but oneself, by username or by a word of their name', () => {
    expect(names('be')).toEqual(['Otto', 'Wanda', 'Ann Bee']);
    expect(names('BEE')).toEqual(['Ann Bee']);
    expect(names('')).toEqual(['Ann Bee', 'Otto', 'Wanda']);
    expect(names('x')).toEqual([]);
  });

  it('are eight at most', () => {
    const many = Array.from({ length: 20 }, (_, index) => person(`user${index}`, `User ${index}`));
    expect(suggestionsOf(many, 'user', 'me')).toHaveLength(8);
  });
});
