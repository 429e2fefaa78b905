import { describe, expect, it } from 'vitest';
import { AppError, closeCodes, type ErrorCode, errors } from './errors.ts';

describe('the table of errors', () => {
  it.each(Object.entries(errors))('%s: a code, a status of an error and a sentence', (code, { status, text }) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(text).toMatch(/^[A-Z].*\.$|^[A-Z].*; .*\.$/);
  });

  it.each(Object.entries(errors))('%s: what may be tried again later says so', (_code, spec) => {
    const isPassing = [429, 503].includes(spec.status);
    if (isPassing) expect(spec).toMatchObject({ retry: 'later' });
  });
});

describe('close codes', () => {
  it('are all different, and private ones (RFC 6455, section 7.4.2)', () => {
    const numbers = Object.values(closeCodes) as number[];
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.filter((number) => number < 3_000 || number > 3_999)).toEqual([]);
  });

  it('forbid to reconnect only where it would be refused again', () => {
    const mustNot = Object.entries(closeCodes).filter(([, number]) => number >= 3_500);
    expect(mustNot.map(([name]) => name)).toEqual([
      'session_ended',
      'unauthorized',
      'protocol_error',
      'too_many_connections',
    ]);
  });
});

describe('AppError', () => {
  it('takes its status and its words from the table', () => {
    const error = new AppError('overloaded', { chatId: 'x' }, { retryAfter: 2 });
    expect(error).toMatchObject({
      status: 429,
      message: errors.overloaded.text,
      retryAfter: 2,
      details: { chatId: 'x' },
    });
  });

  it('keeps what caused it', () => {
    const cause = new Error('disk');
    expect(new AppError('internal' satisfies ErrorCode, undefined, { cause }).cause).toBe(cause);
  });
});
