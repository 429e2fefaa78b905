import { AppError } from '@parley/contract';
import type { Identity } from '@parley/realtime';
import type { Db, Trx } from '../../db/schema.ts';
import type { AuthContext } from './context.ts';
import { endTold } from './sessions/end.ts';

export interface Banning {
  /** The person cannot sign in any more, and every session of theirs ends at once, with its sockets. */
  ban(viewer: Identity, userId: string): Promise<void>;
  unban(viewer: Identity, userId: string): Promise<void>;
}

async function requireAdmin(db: Db, userId: string): Promise<void> {
  const row = await db.selectFrom('users').select('is_admin').where('id', '=', userId).executeTakeFirst();
  if (row?.is_admin !== true) throw new AppError('admin_only');
}

async function setBlocked(trx: Trx, userId: string, at: Date | null): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('users')
    .set({ blocked_at: at })
    .where('id', '=', userId)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new AppError('user_not_found');
}

export function createBanning({ db, log, clock, revoked }: AuthContext): Banning {
  return {
    async ban(viewer, userId) {
      await requireAdmin(db, viewer.userId);
      if (userId === viewer.userId) throw new AppError('forbidden');
      const ended = await log.write(async (trx, tell) => {
        const now = new Date(clock());
        await setBlocked(trx, userId, now);
        return endTold(trx, tell, { userId, now });
      });
      for (const sessionId of ended) revoked.add(sessionId);
    },
    async unban(viewer, userId) {
      await requireAdmin(db, viewer.userId);
      await log.write((trx) => setBlocked(trx, userId, null));
    },
  };
}
