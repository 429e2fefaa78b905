import { AppError, sessionsTopic } from '@parley/contract';
import type { Trx } from '../../../db/schema.ts';
import type { Tell } from '../../../log/log.ts';
import type { AuthContext } from '../context.ts';
import { endSessions } from './store.ts';

interface Ending {
  userId: string;
  now: Date;
  only?: string | undefined;
  except?: string | undefined;
}

/** Ends sessions and tells every instance, in the transaction of the caller, who adds the result to the revoked set. */
export async function endTold(trx: Trx, tell: Tell, ending: Ending): Promise<string[]> {
  const { userId } = ending;
  const ended = await endSessions(trx, ending);
  for (const sessionId of ended) {
    tell({ topic: sessionsTopic, name: 'session.ended', facts: { sessionId }, actorId: userId });
  }
  return ended;
}

export interface SessionEndings {
  /** One of the person's own; throws `session_not_found`. */
  endSession(userId: string, sessionId: string): Promise<void>;
  /** For a blocked or deleted person, or a new password. */
  endAllSessions(userId: string): Promise<void>;
  /** Like endSession, but one that has ended meanwhile is no error. */
  logout(userId: string, sessionId: string): Promise<void>;
}

export function createSessionEndings({ log, clock, revoked }: AuthContext): SessionEndings {
  async function end(userId: string, only?: string): Promise<string[]> {
    const ended = await log.write((trx, tell) => endTold(trx, tell, { userId, now: new Date(clock()), only }));
    for (const sessionId of ended) revoked.add(sessionId);
    return ended;
  }

  return {
    async endSession(userId, sessionId) {
      if ((await end(userId, sessionId)).length === 0) throw new AppError('session_not_found');
    },
    async endAllSessions(userId) {
      await end(userId);
    },
    async logout(userId, sessionId) {
      await end(userId, sessionId);
    },
  };
}
