import type { KeyObject } from 'node:crypto';
import { randomUUID } from 'node:crypto';
import { AppError } from '@parley/contract';
import type { Identity } from '@parley/realtime';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../../clock.ts';

export interface SigningKeys {
  kid: string;
  privateKey: KeyObject;
  publicJwks: JSONWebKeySet;
}

/** RFC 9068 for access tokens; socket tokens have a type of their own, so that neither passes for the other. */
const typeOf = { access: 'at+jwt', socket: 'socket+jwt' } as const;
type Kind = keyof typeof typeOf;

export interface Verified extends Identity {
  kind: Kind;
  expiresAt: number;
}

export interface Tokens {
  /** `ttl` in seconds. */
  signAccess(userId: string, sessionId: string, ttl: number): Promise<string>;
  signSocket(userId: string, sessionId: string, scopes: readonly string[], ttl: number): Promise<string>;
  /** Throws `invalid_token`. Whether the session still lasts is not looked at. */
  verify(token: string): Promise<Verified>;
}

const mostRemembered = 10_000;

export function createTokens(options: { keys: SigningKeys; clock: Clock; issuer: string }): Tokens {
  const { keys, clock, issuer } = options;
  const keySet = createLocalJWKSet(keys.publicJwks);
  /** A signature is checked once: what it says does not change. Expiry and the end of the session are looked at each time. */
  const verified = new Map<string, Verified>();

  function sign(kind: Kind, claims: { sub: string; sid: string; scope?: string }, ttl: number): Promise<string> {
    const now = Math.floor(clock() / 1_000);
    return new SignJWT({ ...claims, client_id: 'parley' })
      .setProtectedHeader({ alg: 'EdDSA', typ: typeOf[kind], kid: keys.kid })
      .setIssuer(issuer)
      .setAudience(issuer)
      .setIssuedAt(now)
      .setExpirationTime(now + ttl)
      .setJti(randomUUID())
      .sign(keys.privateKey);
  }

  return {
    signAccess: (sub, sid, ttl) => sign('access', { sub, sid }, ttl),
    signSocket: (sub, sid, scopes, ttl) => sign('socket', { sub, sid, scope: scopes.join(' ') }, ttl),

    async verify(token) {
      const known = verified.get(token);
      if (known !== undefined && known.expiresAt > clock()) return known;
      const fresh = await check(token);
      if (verified.size >= mostRemembered) verified.delete(verified.keys().next().value as string);
      verified.set(token, fresh);
      return fresh;
    },
  };

  async function check(token: string): Promise<Verified> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keySet, {
        algorithms: ['EdDSA'],
        issuer,
        audience: issuer,
        requiredClaims: ['exp', 'sub', 'sid'],
        currentDate: new Date(clock()),
      });
      return toVerified(protectedHeader.typ, payload);
    } catch (error) {
      if (error instanceof errors.JOSEError) throw new AppError('invalid_token', undefined, { cause: error });
      throw error;
    }
  }
}

function toVerified(typ: string | undefined, { sub, sid, exp, scope }: JWTPayload): Verified {
  const kind = typ === typeOf.access ? 'access' : typ === typeOf.socket ? 'socket' : undefined;
  if (kind === undefined || typeof sub !== 'string' || typeof sid !== 'string' || typeof exp !== 'number') {
    throw new AppError('invalid_token');
  }
  const identity: Verified = { kind, userId: sub, sessionId: sid, expiresAt: exp * 1_000 };
  return kind === 'access' ? identity : { ...identity, scopes: toScopes(scope) };
}

const toScopes = (scope: unknown): string[] => (typeof scope === 'string' && scope !== '' ? scope.split(' ') : []);
