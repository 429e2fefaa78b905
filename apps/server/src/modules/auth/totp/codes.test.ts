import { describe, expect, test } from 'vitest';
import { codeAt, newSecret, stepAt, stepOf, toBase32, toUri } from './codes.ts';

const secret = Buffer.from('12345678901234567890');

describe('codes', () => {
  test('are those of RFC 4226, appendix D', () => {
    const codes = Array.from({ length: 10 }, (_, counter) => codeAt(secret, counter));
    expect(codes).toEqual('755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' '));
  });

  test.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('at %d s are those of RFC 6238, appendix B', (seconds, code) => {
    expect(codeAt(secret, stepAt(seconds * 1_000), 8)).toBe(code);
  });
});

describe('a code', () => {
  const now = 1_700_000_000_000;
  const step = stepAt(now);

  test('is taken for a step before and after its own, with spaces too', () => {
    for (const off of [-1, 0, 1]) expect(stepOf(secret, codeAt(secret, step + off), now, 0)).toBe(step + off);
    for (const off of [-2, 2]) expect(stepOf(secret, codeAt(secret, step + off), now, 0)).toBeUndefined();
    expect(stepOf(secret, codeAt(secret, step).replace(/^.../, '$& '), now, 0)).toBe(step);
  });

  test('is not taken twice, nor one before it', () => {
    expect(stepOf(secret, codeAt(secret, step), now, step)).toBeUndefined();
    expect(stepOf(secret, codeAt(secret, step - 1), now, step)).toBeUndefined();
    expect(stepOf(secret, codeAt(secret, step + 1), now, step)).toBe(step + 1);
  });

  test.each(['', '12345', '1234567', 'äöüß€', '      '])('%j is none', (code) => {
    expect(stepOf(secret, code, now, 0)).toBeUndefined();
    expect(stepOf(secret, codeAt(secret, step) + (code.trim() || '0'), now, 0)).toBeUndefined();
  });
});

test('a secret is written as apps read it (RFC 4648, section 10)', () => {
  expect(['f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => toBase32(Buffer.from(text)))).toEqual(
    'MY MZXQ MZXW6 MZXW6YQ MZXW6YTB MZXW6YTBOI'.split(' '),
  );
  expect(toBase32(newSecret())).toMatch(/^[A-Z2-7]{32}$/);
  expect(toUri(secret, 'ada b', 'Parley')).toBe(
    'otpauth://totp/Parley:ada%20b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Parley',
  );
});
