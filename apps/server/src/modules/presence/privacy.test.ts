import { describe, expect, test } from 'vitest';
import { approximate, audienceOf, describe as describePresence, maySee, privacyOf } from './privacy.ts';

const nobody = { isSelf: false, sharesChat: false, sharesDirectChat: false, isBlocked: false };
const viewers = {
  oneself: { ...nobody, isSelf: true },
  contact: { ...nobody, sharesChat: true, sharesDirectChat: true },
  fellow: { ...nobody, sharesChat: true },
  stranger: nobody,
};

test.each([
  ['everyone', ['oneself', 'contact', 'fellow']],
  ['approx_only', ['oneself', 'contact', 'fellow']],
  ['contacts', ['oneself', 'contact']],
  ['nobody', ['oneself']],
] as const)('%s: seen by %s', (privacy, expected) => {
  const seeing = Object.entries(viewers).filter(([, relation]) => maySee(privacy, relation));
  expect(seeing.map(([name]) => name)).toEqual(expected);
});

test.each([
  ['everyone', ['user:u', 'chat:d', 'chat:g', 'presence:u']],
  ['approx_only', ['user:u', 'chat:d', 'chat:g', 'presence:u']],
  ['contacts', ['user:u', 'chat:d']],
  ['nobody', ['user:u']],
] as const)('%s: told on %s', (privacy, expected) => {
  expect(audienceOf('u', privacy, { directChats: ['d'], otherChats: ['g'] })).toEqual(expected);
});

test.each([
  [undefined, 'everyone'],
  [null, 'everyone'],
  ['contacts', 'contacts'],
  ['close_friends', 'nobody'],
  [7, 'nobody'],
])('a stored %s means %s', (setting, expected) => {
  expect(privacyOf(setting)).toBe(expected);
});

const now = Date.UTC(2026, 0, 31, 12, 30);

test.each([
  ['a minute ago', '2026-01-31T12:29:10.123Z', '2026-01-31T12:00:00.000Z'],
  ['almost a day ago', '2026-01-30T12:59:59.999Z', '2026-01-30T12:00:00.000Z'],
  ['a day ago', '2026-01-30T12:30:00.000Z', '2026-01-30T00:00:00.000Z'],
  ['a year ago', '2025-01-30T23:59:59.000Z', '2025-01-30T00:00:00.000Z'],
])('last seen %s, approximately', (_, lastSeen, expected) => {
  expect(approximate(new Date(lastSeen), now).toISOString()).toBe(expected);
});

describe('what is told', () => {
  const lastSeen = new Date('2026-01-31T12:29:10.123Z');

  test.each([
    ['online', { status: 'online', state: 'online' }],
    ['away', { status: 'offline', state: 'away' }],
    ['offline', { status: 'offline', state: 'offline', lastSeen: '2026-01-31T12:29:10.123Z' }],
  ] as const)('of somebody who is %s', (state, expected) => {
    expect(describePresence(state, lastSeen, 'everyone', now)).toEqual(expected);
  });

  test('of somebody who was never here', () => {
    expect(describePresence('offline', null, 'everyone', now)).toEqual({ status: 'offline', state: 'offline' });
  });
});
