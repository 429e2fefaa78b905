import { AppError } from '@parley/contract';
import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/schema.ts';
import { endedSince } from './sessions/store.ts';

/** Sessions whose signed tokens have not run out yet but are to be refused: checked with every token, so it is in memory. */
export interface Revocations {
  /** Idempotent; fed by the endings of this instance and, through the log, of all others. */
  add(sessionId: string): void;
  has(sessionId: string): boolean;
  /** Throws `session_ended`. */
  refuse(sessionId: string): void;
  /** Adds what the database knows of; for the start, and for when events may have been missed. */
  load(): Promise<void>;
}

/** `keepFor`: milliseconds that a signed token lives at most; after that an ended session needs no remembering. */
export function createRevocations({ db, clock, keepFor }: { db: Db; clock: Clock; keepFor: number }): Revocations {
  /** In the order of adding, so what may be forgotten is in front. */
  const forgetAt = new Map<string, number>();

  function forget(now: number): void {
    for (const [sessionId, at] of forgetAt) {
      if (at > now) return;
      forgetAt.delete(sessionId);
    }
  }

  const add = (sessionId: string): void => {
    const now = clock();
    forget(now);
    if (!forgetAt.has(sessionId)) forgetAt.set(sessionId, now + keepFor);
  };
  const has = (sessionId: string): boolean => forgetAt.has(sessionId);

  return {
    add,
    has,
    refuse(sessionId) {
      if (has(sessionId)) throw new AppError('session_ended');
    },
    async load() {
      for (const sessionId of await endedSince(db, new Date(clock() - keepFor))) add(sessionId);
    },
  };
}
