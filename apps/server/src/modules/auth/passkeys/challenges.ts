import { AppError, type PasskeyAnswer } from '@parley/contract';
import { parse as parseId } from 'uuid';
import type { AuthContext } from '../context.ts';
import { insertChallenge, takeChallenge } from './store.ts';

/** Milliseconds that an answer may take. */
const lifetime = 5 * 60_000;

/** Loaded when it is first wanted: it brings a certificate library that a start need not pay for. */
export const webauthn = () => import('@simplewebauthn/server');

export const refused = (cause?: unknown): AppError => new AppError('passkey_refused', undefined, { cause });

/** What the authenticator keeps as the owner: the person's id, and nothing that can change. */
export const handleOf = (userId: string): Uint8Array<ArrayBuffer> => new Uint8Array(parseId(userId));

/** `userId`: who adds a passkey; null for whoever signs in with one. */
export async function keepChallenge({ db, clock }: AuthContext, challenge: string, userId: string | null) {
  await insertChallenge(db, { challenge, userId, expiresAt: new Date(clock() + lifetime) });
}

/** The challenge that is answered, which we gave and have had no answer to. Throws `passkey_refused`. */
export async function takeAnswered({ db, clock }: AuthContext, answer: PasskeyAnswer, userId: string | null) {
  const challenge = challengeIn(answer);
  const isTaken = await takeChallenge(db, { challenge, userId, now: new Date(clock()) });
  if (!isTaken) throw refused();
  return challenge;
}

function challengeIn({ response }: PasskeyAnswer): string {
  try {
    const text = Buffer.from(String(response.clientDataJSON), 'base64url').toString();
    const { challenge } = JSON.parse(text) as { challenge?: unknown };
    if (typeof challenge === 'string' && /^[\w-]{1,128}$/.test(challenge)) return challenge;
  } catch (cause) {
    throw refused(cause);
  }
  throw refused();
}
