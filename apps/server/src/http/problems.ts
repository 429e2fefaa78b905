import { AppError, type ErrorCode, errors, type Problem } from '@parley/contract';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { FieldError } from './validation.ts';

/** Codes that Fastify and Node give to what never reached a handler. */
const foreign: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'validation_error',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'validation_error',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'validation_error',
  FST_ERR_BAD_URL: 'validation_error',
};

/** Codes of PostgreSQL and of the socket to it that mean: not now. */
const passing = /^(08|53|57P|40001|40P01|55P03|57014|25P03)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/;

/** Any error as one of ours; `isUnknown` ones are logged by the door. */
export function toAppError(error: unknown): { error: AppError; isUnknown: boolean } {
  if (error instanceof AppError) return { error, isUnknown: false };
  const { code, statusCode, message } = (error ?? {}) as Partial<FastifyError>;
  if (code !== undefined && foreign[code]) return { error: new AppError(foreign[code]), isUnknown: false };
  if (isPassing(code, message)) {
    return { error: new AppError('unavailable', undefined, { retryAfter: 2, cause: error }), isUnknown: true };
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { error: new AppError('validation_error', undefined, { cause: error }), isUnknown: false };
  }
  return { error: new AppError('internal', undefined, { cause: error }), isUnknown: true };
}

/** Of a body: what it should have been. */
export const wrongType = (expected: string): AppError =>
  new AppError('unsupported_media_type', { errors: [{ path: '/content-type', message: `must be ${expected}` }] });

const isPassing = (code: string | undefined, message: string | undefined): boolean =>
  (code !== undefined && passing.test(code)) ||
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
    message ?? '',
  );

export function toProblem(error: AppError, correlationId: string): Problem {
  const fields = error.details?.errors as FieldError[] | undefined;
  const max = error.details?.max as number | undefined;
  const challenge = error.details?.challenge as string | undefined;
  return {
    type: 'about:blank',
    title: errors[error.code].text,
    status: error.status,
    code: error.code,
    correlationId,
    ...(fields === undefined ? {} : { errors: fields }),
    ...(max === undefined ? {} : { max }),
    ...(challenge === undefined ? {} : { challenge }),
  };
}

/** Answers with problem details (RFC 9457); unknown errors are logged once, here. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  const { error, isUnknown } = toAppError(thrown);
  if (isUnknown) request.log.error({ err: thrown, code: error.code }, 'request failed');
  if (error.retryAfter !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfter)));
  if (error.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(error.status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(toProblem(error, request.id));
}
