import { AppError, maxBlocks, type User, userTopic } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import type { Log } from '../../log/log.ts';
import { toUser } from '../users/profile.ts';
import * as store from './store.ts';

export type Blocks = ReturnType<typeof createBlocks>;

interface Options {
  db: Db;
  log: Log;
  existingUsers(userIds: readonly string[], using: Db): Promise<Set<string>>;
  /** What the other sees of the person has just changed. */
  onChanged(userId: string, otherId: string): Promise<void>;
}

/** Whom people do not want to hear from. */
export function createBlocks({ db, log, existingUsers, onChanged }: Options) {
  const facts = (userId: string, isBlocked: boolean) => ({ userId, isBlocked });

  return {
    async list(viewer: string): Promise<User[]> {
      return (await store.blockedBy(db, viewer)).map((row) => ({ ...toUser(row), isBlocked: true as const }));
    },

    async add(viewer: string, userId: string): Promise<void> {
      if (userId === viewer) throw new AppError('forbidden');
      const isNew = await log.write(async (trx, tell) => {
        if (!(await existingUsers([userId], trx)).has(userId)) throw new AppError('user_not_found');
        if ((await store.countBlocks(trx, viewer)) >= maxBlocks)
          throw new AppError('too_many_blocks', { max: maxBlocks });
        if (!(await store.insertBlock(trx, viewer, userId))) return false;
        tell({ topic: userTopic(viewer), name: 'block.updated', facts: facts(userId, true), actorId: viewer });
        return true;
      });
      if (isNew) await onChanged(viewer, userId);
    },

    async remove(viewer: string, userId: string): Promise<void> {
      const wasBlocked = await log.write(async (trx, tell) => {
        if (!(await store.deleteBlock(trx, viewer, userId))) return false;
        tell({ topic: userTopic(viewer), name: 'block.updated', facts: facts(userId, false), actorId: viewer });
        return true;
      });
      if (wasBlocked) await onChanged(viewer, userId);
    },
  };
}

/** Refuses to bring people together of whom one has blocked the other. */
export async function refuseBlocked(using: Db, actorId: string, others: readonly string[]): Promise<void> {
  const { mine, theirs } = await store.blocksBetween(using, actorId, others);
  if (theirs.size > 0) throw new AppError('not_reachable');
  if (mine.size > 0) throw new AppError('person_blocked');
}
