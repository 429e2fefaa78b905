import { maxReactionKinds, maxReactionsEach } from '@parley/contract';
import { describe, expect, test } from 'vitest';
import { refuseAdding, refuseReacting, toEmoji } from './policy.ts';

describe('one emoji', () => {
  test.each([
    ['👍', '👍'],
    ['\u{1F44D}\u{1F3FD}', '\u{1F44D}\u{1F3FD}'],
    ['\u2764\uFE0F', '\u2764\uFE0F'],
    ['\u2764', '\u2764\uFE0F'],
    ['\u{1F44D}\uFE0F', '\u{1F44D}'],
    ['1\uFE0F\u20E3', '1\uFE0F\u20E3'],
    ['\u{1F1EB}\u{1F1EE}', '\u{1F1EB}\u{1F1EE}'],
    ['\u{1F468}\u200D\u{1F469}\u200D\u{1F467}', '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}'],
  ])('%s', (typed, emoji) => expect(toEmoji(typed)).toBe(emoji));

  test.each(['a', '1', '#', '', ' ', '👍👍', '👍 ', '\uFE0F', '\u{1F3FD}\u{1F3FD}', ':)', '<b>', '\u200D'])(
    'is not %j',
    (typed) => expect(toEmoji(typed)).toBeUndefined(),
  );
});

const message = {
  id: 'm',
  sequence: 1,
  senderId: 's',
  type: 'text',
  content: 'hi',
  sentAt: new Date(),
  deletedAt: null,
  isForwarded: false,
  mentions: null,
} as const;

test('what is not there, deleted, or was said by nobody takes none', () => {
  expect(refuseReacting(message)).toBeUndefined();
  expect(refuseReacting(undefined)).toBe('forbidden');
  expect(refuseReacting({ ...message, deletedAt: new Date() })).toBe('forbidden');
  expect(refuseReacting({ ...message, type: 'system' })).toBe('forbidden');
});

test('there is a bound for each person, and one for the kinds on a message', () => {
  const counts = Array.from({ length: maxReactionKinds }, (_, index) => ({ emoji: `${index}`, count: 1 }));
  const own = counts.slice(0, maxReactionsEach).map(({ emoji }) => emoji);
  expect(refuseAdding('new', [], counts.slice(1))).toBeUndefined();
  expect(refuseAdding('new', [], counts)).toBe('too_many_reactions');
  expect(refuseAdding('7', [], counts)).toBeUndefined();
  expect(refuseAdding('7', own.slice(1), counts)).toBeUndefined();
  expect(refuseAdding('7', own, counts)).toBe('too_many_reactions');
});
