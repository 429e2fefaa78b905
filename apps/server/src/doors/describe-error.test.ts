import { AppError } from '@parley/contract';
import pino from 'pino';
import { expect, test, vi } from 'vitest';
import { createDescribeError } from './describe-error.ts';

const logger = pino({ level: 'silent' });
const describeError = createDescribeError(logger);

test('a chat that is not there and one that is not yours sound the same', () => {
  const absent = describeError(new AppError('chat_not_found'));
  const foreign = describeError(new AppError('forbidden'));
  expect({ ...absent, correlationId: '' }).toEqual({ ...foreign, correlationId: '' });
  expect(absent.code).toBe('forbidden');
});

test('what nobody foresaw is logged with the correlation id that is told, and told without a word of it', () => {
  const error = vi.spyOn(logger, 'error');
  const refusal = describeError(new Error('secret detail'));
  expect(refusal).toMatchObject({ code: 'internal' });
  expect(JSON.stringify(refusal)).not.toContain('secret');
  expect(error).toHaveBeenCalledWith(
    expect.objectContaining({ correlationId: refusal.correlationId }),
    expect.any(String),
  );
});

test('a wait is told in tenths of a second', () => {
  expect(describeError(new AppError('rate_limited', undefined, { retryAfter: 0.123 })).retryAfter).toBe(0.2);
  expect(describeError({ code: '57P01', message: 'terminating connection' })).toMatchObject({
    code: 'unavailable',
    retryAfter: 2,
  });
});
