import type { ErrorCode } from '@parley/contract';

/** Codes of the contract, plus `network`: the server was not reached, or its answer was lost. */
export type ApiErrorCode = ErrorCode | 'network' | (string & {});

export interface FieldError {
  path: string;
  message: string;
}

export interface ApiErrorDetails {
  /** HTTP status; 0 when there was none (network, WebSocket). */
  status?: number;
  /** Seconds until another try makes sense. */
  retryAfter?: number | undefined;
  /** Which fields were refused, with `validation_error`. */
  errors?: readonly FieldError[] | undefined;
  correlationId?: string | undefined;
  /** With `totp_required`: goes with the code to `auth.loginTotp`. */
  challenge?: string | undefined;
  cause?: unknown;
}

/** Every refusal and failure of the SDK, whichever door it came through. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly retryAfter: number | undefined;
  readonly errors: readonly FieldError[];
  readonly correlationId: string | undefined;
  readonly challenge: string | undefined;

  constructor(code: ApiErrorCode, message: string, details: ApiErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status ?? 0;
    this.retryAfter = details.retryAfter;
    this.errors = details.errors ?? [];
    this.correlationId = details.correlationId;
    this.challenge = details.challenge;
  }
}

export const networkError = (cause?: unknown): ApiError =>
  new ApiError('network', 'The server could not be reached.', { cause });

const passing: ReadonlySet<string> = new Set<ApiErrorCode>([
  'network',
  'rate_limited',
  'overloaded',
  'unavailable',
  'not_ready',
  'draining',
  'internal',
]);

const signIn: ReadonlySet<string> = new Set<ApiErrorCode>(['unauthorized', 'invalid_token', 'session_ended']);

/** The same request may succeed later. */
export const isPassing = (error: unknown): error is ApiError =>
  error instanceof ApiError && (passing.has(error.code) || error.status >= 500);

/** The request was not judged: its token was refused. */
export const needsSignIn = (error: unknown): error is ApiError => error instanceof ApiError && signIn.has(error.code);
