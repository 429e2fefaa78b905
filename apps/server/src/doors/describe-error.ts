import { randomUUID } from 'node:crypto';
import { AppError } from '@parley/contract';
import type { Refusal } from '@parley/realtime';
import type { Logger } from 'pino';
import { toAppError } from '../http/problems.ts';

/** What a socket is told of an error; unknown ones are logged once, with the correlation id that is told. */
export function createDescribeError(logger: Logger): (thrown: unknown) => Refusal {
  return (thrown) => {
    const { error: found, isUnknown } = toAppError(thrown);
    const error = sameForAll(found);
    const correlationId = randomUUID();
    if (isUnknown) logger.error({ err: thrown, code: error.code, correlationId }, 'a command failed');
    return {
      code: error.code,
      message: error.message,
      correlationId,
      ...(error.retryAfter === undefined ? {} : { retryAfter: Math.ceil(error.retryAfter * 10) / 10 }),
    };
  };
}

/** Sockets say the same of a chat that is not there and of one that is not yours. */
const sameForAll = (error: AppError): AppError => (error.code === 'chat_not_found' ? new AppError('forbidden') : error);
