import type { Participant } from '@parley/contract';
import { expect, it } from 'vitest';
import { bareName, membersNamed } from './named.ts';

const person = (username: string | undefined, displayName: string, isMember = true) =>
  ({ id: displayName, username, displayName, isMember }) as Participant;
const people = [
  person('zed', 'Ann Bee'),
  person('beth', 'Wanda'),
  person('bea', 'Otto'),
  person('gone', 'Bea Gone', false),
];

it.each([
  ['be', ['Otto', 'Wanda', 'Ann Bee']],
  ['BEE', ['Ann Bee']],
  ['', ['Ann Bee', 'Otto', 'Wanda']],
  ['ee', []],
])('members by “%s”: %s', (text, names) => {
  expect(membersNamed(people, text).map(({ displayName }) => displayName)).toEqual(names);
});

it('an @ before a name is not of the name', () => {
  expect([bareName(' @ann '), bareName('ann')]).toEqual(['ann', 'ann']);
});
