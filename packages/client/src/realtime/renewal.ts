import type { TokenSource } from '../http/http.ts';

/** Renewed this long before a token ends: inside the margin in which the session gives a fresh one. */
const renewalMs = 25_000;
const longestTimerMs = 2 ** 31 - 1;

interface RenewalOptions {
  tokens: TokenSource;
  /** Unix time in ms. */
  tokenExpiresAt?(): number | undefined;
}

/** Gets a fresh token before the one in use ends, for a connection that stays. */
export function createRenewal({ tokens, tokenExpiresAt }: RenewalOptions, use: (token: string) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows with each cancelling: an answer that comes later is void. */
  let run = 0;

  const renew = async (): Promise<void> => {
    const current = run;
    try {
      const fresh = await tokens.accessToken();
      if (current === run && fresh !== undefined) use(fresh);
    } catch {
      // Out of reach for now: the server closes when the token ends, and the next connection brings a fresh one.
    }
  };

  const cancel = (): void => {
    run += 1;
    clearTimeout(timer);
  };

  const schedule = (): void => {
    cancel();
    const endsAt = tokenExpiresAt?.();
    if (endsAt === undefined) return;
    const delay = Math.max(1_000, endsAt - Date.now() - renewalMs);
    timer = setTimeout(() => void renew(), Math.min(delay, longestTimerMs));
  };

  return { schedule, cancel };
}
