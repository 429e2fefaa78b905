import { ApiError } from '@parley/client';
import { describe, expect, it } from 'vitest';
import { nextPage } from './next-page.ts';
import { hasProblems, missing, problemsOf } from './problems.ts';

describe('what is wrong with a form', () => {
  it('is known before it is sent where something is missing', () => {
    expect(missing({ login: ' ', password: '' }).fields).toEqual({
      login: 'auth.missing.login',
      password: 'auth.missing.password',
    });
    expect(hasProblems(missing({ displayName: '', username: 'ann' }, ['displayName']))).toBe(false);
  });

  it.each([
    [new ApiError('username_taken', ''), { fields: { username: 'errors.username_taken' } }],
    [new ApiError('invalid_credentials', ''), { fields: {}, form: 'errors.invalid_credentials' }],
    [new ApiError('teapot', ''), { fields: {}, form: 'errors.unknown' }],
    [new ApiError('network', ''), { fields: {}, form: 'errors.network' }],
    [
      new ApiError('validation_error', '', { errors: [{ path: '/email', message: '' }] }),
      { fields: { email: 'auth.invalid.email' } },
    ],
    [new ApiError('validation_error', ''), { fields: {}, form: 'errors.unknown' }],
  ])('%s is told at its place', (error, problems) => {
    expect(problemsOf(error)).toEqual(problems);
  });

  it('is not made up for faults of the app', () => {
    const fault = new TypeError('x is not a function');
    expect(() => problemsOf(fault)).toThrow(fault);
  });
});

describe('the page after signing in', () => {
  it.each([
    ['/app/c/1', '/app/c/1'],
    ['/join/abc', '/join/abc'],
    ['//evil.example', '/app'],
    ['https://evil.example', '/app'],
    ['/\\evil.example', '/app'],
    [undefined, '/app'],
    [['/app/x'], '/app'],
  ])('%s -> %s', (wanted, page) => {
    expect(nextPage(wanted)).toBe(page);
  });
});
