import { ApiError, isPassing, needsSignIn } from '../http/api-error.ts';

/**
 * For requests that nobody waits for. Some failures are no news there: without the server the next connection makes up for it,
 * a refused token has its own way, and a chat may be left while something of it is fetched or told.
 */
export function unlessExpected(report: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    // A frame has no status.
    const isGone =
      error instanceof ApiError && (error.status === 403 || error.status === 404 || error.code === 'forbidden');
    if (!isPassing(error) && !needsSignIn(error) && !isGone) report(error);
  };
}

/** When there is nobody to tell: whatever watches the program as a whole. What passes by itself is left to pass. */
export function throwUnlessPassing(error: unknown): void {
  if (isPassing(error)) return;
  setTimeout(() => {
    throw error;
  });
}
