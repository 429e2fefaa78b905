import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/schema.ts';
import type { Log } from '../../log/log.ts';
import type { Passwords } from './passwords.ts';
import type { Revocations } from './revocations.ts';
import type { Throttle } from './throttle.ts';
import type { SigningKeys, Tokens } from './tokens.ts';
import type { Challenges } from './totp/challenge.ts';
import type { Seal } from './totp/sealing.ts';

/** All times in seconds. */
export interface AuthSettings {
  accessTtl: number;
  /** A refresh token that is not used for so long is no longer good. */
  refreshTtl: number;
  /** A session that is not used for so long ends. */
  sessionTtl: number;
  passwordPolicy: 'warn' | 'strict';
  /** `auto`: secure when the request came by HTTPS. */
  cookie: { domain?: string | undefined; secure: 'auto' | boolean };
  /** Whether repeated wrong passwords are slowed down; off for load tests only. On by default. */
  throttle?: boolean;
  /** Web origins whose pages may use passkeys; the first is our own. */
  origins?: readonly string[];
  /** `iss` and `aud` of signed tokens. */
  issuer?: string;
}

/** What the parts of this module share. */
export interface AuthContext {
  db: Db;
  log: Log;
  keys: SigningKeys;
  clock: Clock;
  settings: AuthSettings;
  tokens: Tokens;
  passwords: Passwords;
  throttle: Throttle;
  revoked: Revocations;
  /** Of the secrets of authenticator apps. */
  seal: Seal;
  challenges: Challenges;
}

/** Where a request came from, as the list of sessions shows it. */
export interface Origin {
  address?: string | undefined;
  userAgent?: string | undefined;
  /** The page that asks, and the host it was sent to, as the headers say. */
  page?: { origin: string | undefined; host: string | undefined };
}

export const inSeconds = (now: number, seconds: number): Date => new Date(now + seconds * 1_000);
