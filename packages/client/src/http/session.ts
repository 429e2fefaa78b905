import type { Tokens } from '@parley/contract';
import type { Storage } from '../storage/storage.ts';
import { ApiError } from './api-error.ts';
import type { TokenSource } from './http.ts';

/** What stays of a sign-in. Shared by all tabs through the storage. */
export interface StoredSession {
  userId: string;
  accessToken: string;
  refreshToken: string;
  /** Unix time in ms, by this machine's clock. */
  expiresAt: number;
}

export interface SessionOptions {
  storage: Storage;
  /** `POST /auth/refresh` */
  refresh(refreshToken: string): Promise<Tokens>;
  /** The sign-in is over for good: called once for each one that ends by itself. */
  onSignedOut?(): void;
  now?(): number;
}

export interface Session extends TokenSource {
  current(): Promise<StoredSession | undefined>;
  begin(tokens: Tokens): Promise<StoredSession>;
  /** When the access token ends (Unix time in ms), once it was asked for. */
  expiresAt(): number | undefined;
  /** Forgets the tokens, without telling `onSignedOut`. */
  end(): Promise<void>;
}

const key = 'session';
const lockName = 'session/refresh';
/** Renewed this long before the end. */
const marginMs = 30_000;
const finalCodes: ReadonlySet<string> = new Set(['invalid_token', 'refresh_reused', 'session_ended']);

/**
 * Holds the tokens. A refresh token works once, so tabs take turns by the storage's lock and look again before they use it:
 * whoever comes second finds the new tokens. A refusal counts only if the refused token is still the stored one.
 */
export function createSession({ storage, refresh, onSignedOut, now = Date.now }: SessionOptions): Session {
  let cached: StoredSession | undefined;
  let renewing: Promise<StoredSession | undefined> | undefined;
  /** Grows with each sign-in and sign-out here: what belongs to an earlier one is void. */
  let run = 0;
  /** The last token of whoever was signed in before: what was asked with it must not be repeated with that of somebody else. */
  let voided: string | undefined;
  /** What is stored is not for this tab, until it is asked who is signed in. */
  let isYielded = false;

  const read = async (): Promise<StoredSession | undefined> => parse(await storage.get(key));

  const load = async (): Promise<StoredSession | undefined> => {
    const [mine, stored] = [run, await read()];
    if (mine === run) cached = stored;
    return cached;
  };

  const keep = async (tokens: Tokens): Promise<StoredSession> => {
    const session = {
      userId: tokens.user_id,
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      expiresAt: now() + tokens.expires_in * 1_000,
    };
    cached = session;
    await storage.set(key, JSON.stringify(session));
    return session;
  };

  const leave = (): void => {
    run += 1;
    voided = cached?.accessToken ?? voided;
    cached = undefined;
    renewing = undefined;
    isYielded = false;
  };

  const begin = (tokens: Tokens): Promise<StoredSession> => {
    leave();
    return keep(tokens);
  };

  const end = async (): Promise<void> => {
    leave();
    await storage.delete(key);
  };

  const signOut = async (): Promise<undefined> => {
    await end();
    onSignedOut?.();
  };

  /** Another tab signed out, or signed somebody else in: theirs is what is stored, and stays. */
  const yieldSession = (): undefined => {
    leave();
    isYielded = true;
    onSignedOut?.();
  };

  /** The answer about a refresh token counts while that is the stored one. Another tab, without locks, may have been quicker. */
  const unlessReplaced = async (
    used: StoredSession,
    mine: number,
    act: () => Promise<StoredSession | undefined>,
  ): Promise<StoredSession | undefined> => {
    const latest = await read();
    if (mine !== run) return undefined;
    if (latest?.refreshToken === used.refreshToken) return act();
    if (latest?.userId !== used.userId) return yieldSession();
    cached = latest;
    return latest;
  };

  const rotate = async (stale: string): Promise<StoredSession | undefined> => {
    const mine = run;
    const stored = await read();
    if (mine !== run) return undefined;
    if (cached !== undefined && stored?.userId !== cached.userId) return yieldSession();
    cached = stored;
    if (stored === undefined || stored.accessToken !== stale) return stored;
    try {
      const tokens = await refresh(stored.refreshToken);
      return await unlessReplaced(stored, mine, () => keep(tokens));
    } catch (error) {
      if (!(error instanceof ApiError && finalCodes.has(error.code))) throw error;
      return unlessReplaced(stored, mine, signOut);
    }
  };

  const renewOnce = (stale: string): Promise<StoredSession | undefined> => {
    if (renewing !== undefined) return renewing;
    const mine = storage.locks
      .hold(lockName, () => rotate(stale))
      .finally(() => {
        if (renewing === mine) renewing = undefined;
      });
    renewing = mine;
    return mine;
  };

  const renew = async (stale: string): Promise<string | undefined> => {
    if (stale === voided || isYielded) return undefined;
    if (cached !== undefined && cached.accessToken !== stale) return cached.accessToken;
    return (await renewOnce(stale))?.accessToken;
  };

  const accessToken = async (): Promise<string | undefined> => {
    if (isYielded) return undefined;
    const session = cached ?? (await load());
    if (session === undefined || session.expiresAt - now() > marginMs) return session?.accessToken;
    try {
      return await renew(session.accessToken);
    } catch (error) {
      if (session.expiresAt > now()) return session.accessToken;
      throw error;
    }
  };

  const current = async (): Promise<StoredSession | undefined> => {
    isYielded = false;
    return cached ?? load();
  };

  return {
    current,
    begin,
    end,
    accessToken,
    renew,
    expiresAt: () => cached?.expiresAt,
  };
}

/** What cannot be read is no session. */
function parse(text: string | undefined): StoredSession | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as StoredSession;
  } catch {
    return undefined;
  }
}
