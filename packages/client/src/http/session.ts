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

  const load = async (): Promise<StoredSession | undefined> => {
    const text = await storage.get(key);
    cached = parse(text);
    return cached;
  };

  const begin = async (tokens: Tokens): Promise<StoredSession> => {
    cached = {
      userId: tokens.user_id,
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      expiresAt: now() + tokens.expires_in * 1_000,
    };
    await storage.set(key, JSON.stringify(cached));
    return cached;
  };

  const end = async (): Promise<void> => {
    cached = undefined;
    await storage.delete(key);
  };

  const signOut = async (): Promise<undefined> => {
    await end();
    onSignedOut?.();
  };

  /** Another tab signed out, or signed somebody else in: theirs is what is stored, and stays. */
  const yieldSession = (): undefined => {
    cached = undefined;
    onSignedOut?.();
  };

  /** A refusal counts unless another tab, without locks, was quicker. */
  const afterRefusal = async (error: unknown, used: string): Promise<StoredSession | undefined> => {
    if (!(error instanceof ApiError && finalCodes.has(error.code))) throw error;
    const latest = await load();
    return latest !== undefined && latest.refreshToken !== used ? latest : signOut();
  };

  const rotate = async (stale: string): Promise<StoredSession | undefined> => {
    const before = cached;
    const stored = await load();
    if (before !== undefined && stored?.userId !== before.userId) return yieldSession();
    if (stored === undefined) return undefined;
    if (stored.accessToken !== stale) return stored;
    try {
      return await begin(await refresh(stored.refreshToken));
    } catch (error) {
      return afterRefusal(error, stored.refreshToken);
    }
  };

  const renewOnce = (stale: string): Promise<StoredSession | undefined> => {
    renewing ??= storage.locks
      .hold(lockName, () => rotate(stale))
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  };

  const renew = async (stale: string): Promise<string | undefined> => {
    if (cached !== undefined && cached.accessToken !== stale) return cached.accessToken;
    return (await renewOnce(stale))?.accessToken;
  };

  const accessToken = async (): Promise<string | undefined> => {
    const session = cached ?? (await load());
    if (session === undefined || session.expiresAt - now() > marginMs) return session?.accessToken;
    try {
      return await renew(session.accessToken);
    } catch (error) {
      if (session.expiresAt > now()) return session.accessToken;
      throw error;
    }
  };

  return {
    current: async () => cached ?? (await load()),
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
