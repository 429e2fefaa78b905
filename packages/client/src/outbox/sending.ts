import { ApiError, isPassing, needsSignIn } from '../http/api-error.ts';
import { createBackoff } from '../realtime/backoff.ts';

interface Attempts {
  send(): Promise<{ id: string }>;
  /** Nobody wants it sent any more: it was seen, discarded, or the outbox was closed. */
  isOver(): Promise<boolean>;
  pause(ms: number): Promise<void>;
  onError: ((error: unknown) => void) | undefined;
  random: (() => number) | undefined;
}

/** Tries until the server accepts (the message's id) or refuses (the error); nothing when it was over before. */
export async function sendUntilJudged({ send, isOver, pause, onError, random }: Attempts) {
  const backoff = createBackoff(random === undefined ? {} : { random });
  while (!(await isOver())) {
    try {
      return (await send()).id;
    } catch (error) {
      if (!isPassing(error) && !needsSignIn(error)) return asApiError(error, onError);
      await pause((error.retryAfter ?? 0) * 1_000 + backoff.next());
    }
  }
  return undefined;
}

/** What is no answer of the server is a fault of this program: told, and then like any failure. */
export function asApiError(error: unknown, report: ((error: unknown) => void) | undefined): ApiError {
  if (error instanceof ApiError) return error;
  report?.(error);
  return new ApiError('internal', 'The message could not be sent.', { cause: error });
}
