import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '@parley/contract';
import type { Clock } from '../../../clock.ts';
import type { Account } from '../store.ts';
import type { Seal } from './sealing.ts';

/** Milliseconds between the password and the code. */
const lifetime = 5 * 60_000;
const label = 'sign-in challenge';

/** What shows, for a while, that the password was right. Sealed: it tells its holder nothing, and any instance reads it. */
export interface Challenges {
  issue(account: Account): string;
  /** Whose it is. Throws `challenge_expired`. */
  open(challenge: string): string;
  /** With another password it is no longer good. Throws `challenge_expired`. */
  refuseChanged(challenge: string, account: Account): void;
}

interface Content {
  userId: string;
  password: string;
  expiresAt: number;
}

export function createChallenges({ seal, clock }: { seal: Seal; clock: Clock }): Challenges {
  function read(challenge: string): Content {
    const bytes = Buffer.from(challenge, 'base64url');
    const opened = seal.open(bytes, label);
    const content = opened && (JSON.parse(opened.toString()) as Content);
    if (content === undefined || content.expiresAt <= clock()) throw new AppError('challenge_expired');
    return content;
  }

  return {
    issue(account) {
      const content: Content = {
        userId: account.id,
        password: markOf(account).toString('base64url'),
        expiresAt: clock() + lifetime,
      };
      return seal.seal(Buffer.from(JSON.stringify(content)), label).toString('base64url');
    },
    open: (challenge) => read(challenge).userId,
    refuseChanged(challenge, account) {
      const then = Buffer.from(read(challenge).password, 'base64url');
      if (!timingSafeEqual(then, markOf(account))) throw new AppError('challenge_expired');
    },
  };
}

const markOf = ({ password_hash }: Account): Buffer => createHash('sha256').update(password_hash).digest();
