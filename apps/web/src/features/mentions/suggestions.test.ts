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
  const person = (username: string | undefined) => ({ id: username ?? 'nameless', username }) as Participant;
  const suggested = (...people: Participant[]) => suggestionsOf(people, 'me').map(({ id }) => id);

  it('can be mentioned, and is not oneself', () => {
    expect(suggested(person('bea'), person(undefined), person('me'), person('abe'))).toEqual(['bea', 'abe']);
  });

  it('is one of eight at most', () => {
    expect(suggested(...Array.from({ length: 20 }, (_, index) => person(`user${index}`)))).toHaveLength(8);
  });
});
