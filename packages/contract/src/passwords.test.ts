import { expect, test } from 'vitest';
import { isWeakPassword } from './passwords.ts';

const ada = { username: 'AdaLovelace', email: 'countess@example.org' };

test.each([
  'password',
  'PassWord123!',
  '!!iloveyou2024',
  'qwertyuiop',
  '12345678',
  '87654321',
  'abcdefgh',
  'hgfedcba',
  'aaaaaaaa',
  'abcabcabc',
  'adalovelace',
  'AdaLovelace1815',
  'countess@example.org',
  'Countess1',
])('%s is weak', (password) => expect(isWeakPassword(password, ada)).toBe(true));

test.each([
  'analytical engine notes',
  'correct horse battery',
  'g7#kPq2!xv',
  'passwordless future',
  'Übermäßig',
  '73920418',
])('%s is not', (password) => expect(isWeakPassword(password, ada)).toBe(false));

test('digits are not the name of somebody who has none yet', () =>
  expect(isWeakPassword('73920418', { username: '', email: '' })).toBe(false));
