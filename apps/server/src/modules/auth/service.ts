import {
  AppError,
  type Login,
  type PasswordChange,
  type Registration,
  type Session,
  type Tokens,
} from '@parley/contract';
import type { Identity } from '@parley/realtime';
import type { JSONWebKeySet } from 'jose';
import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/schema.ts';
import type { Log } from '../../log/log.ts';
import { type Authenticators, createAuthenticators } from './authenticate.ts';
import { type Banning, createBanning } from './banning.ts';
import { changePassword } from './change-password.ts';
import type { AuthContext, AuthSettings, Origin } from './context.ts';
import { createPasskeys, type Passkeys } from './passkeys/service.ts';
import { deleteStaleChallenges } from './passkeys/store.ts';
import { createPasswords, type Passwords } from './passwords.ts';
import { refresh } from './refresh.ts';
import { register } from './register.ts';
import { createRevocations, type Revocations } from './revocations.ts';
import { grantScopes } from './scopes.ts';
import { createSessionEndings, type SessionEndings } from './sessions/end.ts';
import { listSessions } from './sessions/list.ts';
import { deleteOld } from './sessions/store.ts';
import { signIn } from './sign-in.ts';
import { createThrottle } from './throttle.ts';
import { createTokens, type SigningKeys } from './tokens.ts';
import { createChallenges } from './totp/challenge.ts';
import { createSeal } from './totp/sealing.ts';
import { createTotp, type Totp } from './totp/service.ts';

export type { AuthSettings, Origin } from './context.ts';

/** Seconds. */
const socketTtl = 300;
/** Milliseconds that ended sessions stay in the database. */
const keepEnded = 7 * 86_400_000;

export interface Auth extends Authenticators, SessionEndings, Banning, Totp, Passkeys {
  settings: AuthSettings;
  register(registration: Registration): Promise<{ id: string; username: string }>;
  login(login: Login, from: Origin): Promise<Tokens>;
  refresh(refreshToken: string): Promise<Tokens>;
  /** Ends all other sessions. */
  changePassword(viewer: Identity, change: PasswordChange, from: Origin): Promise<void>;
  listSessions(viewer: Identity): Promise<Session[]>;
  /** A short token for sockets with those of the scopes that the person has. */
  socketToken(viewer: Identity, scopes?: readonly string[]): Promise<SocketGrant>;
  jwks: JSONWebKeySet;
  /** Fed with the `session.ended` events of the log. */
  revoked: Revocations;
  /** Removes what ended long ago; to be called now and then. */
  sweep(): Promise<void>;
}

export interface SocketGrant {
  token: string;
  scopes: string[];
  expires_in: number;
}

interface Options {
  db: Db;
  log: Log;
  keys: SigningKeys;
  clock: Clock;
  settings: AuthSettings;
  passwords?: Passwords;
}

export async function createAuth(options: Options): Promise<Auth> {
  const context = await createContext(options);
  const { db, clock, keys, settings, revoked } = context;
  return {
    settings,
    ...createAuthenticators(context),
    ...createSessionEndings(context),
    ...createBanning(context),
    ...createTotp(context),
    ...createPasskeys(context),
    register: (registration) => register(context, registration),
    login: (login, from) => signIn(context, login, from),
    refresh: (refreshToken) => refresh(context, refreshToken),
    changePassword: (viewer, change, from) => changePassword(context, viewer, change, from),
    listSessions: (viewer) => listSessions(context, viewer),
    socketToken: (viewer, scopes) => socketToken(context, viewer, scopes),
    jwks: keys.publicJwks,
    revoked,
    async sweep() {
      await deleteOld(db, new Date(clock() - keepEnded));
      await deleteStaleChallenges(db, new Date(clock()));
    },
  };
}

async function createContext(options: Options): Promise<AuthContext> {
  const { db, log, keys, clock, settings } = options;
  const keepFor = Math.max(settings.accessTtl, socketTtl) * 1_000;
  const revoked = createRevocations({ db, clock, keepFor });
  const [passwords] = await Promise.all([options.passwords ?? createPasswords(), revoked.load()]);
  const tokens = createTokens({ keys, clock, issuer: settings.issuer ?? 'parley' });
  const throttle = createThrottle({ clock, isEnabled: settings.throttle ?? true });
  const seal = createSeal(keys.privateKey, 'parley totp secrets');
  const challenges = createChallenges({ seal: createSeal(keys.privateKey, 'parley sign-in challenges'), clock });
  return { db, log, keys, clock, settings, tokens, passwords, throttle, revoked, seal, challenges };
}

async function socketToken(
  { tokens }: AuthContext,
  { userId, sessionId, scopes: held }: Identity,
  requested: readonly string[] | undefined,
): Promise<SocketGrant> {
  // Otherwise a short token could be renewed for ever, and with more scopes than it has.
  if (held !== undefined) throw new AppError('forbidden');
  const scopes = grantScopes(requested);
  return { token: await tokens.signSocket(userId, sessionId, scopes, socketTtl), scopes, expires_in: socketTtl };
}
