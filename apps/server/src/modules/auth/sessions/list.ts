import type { Session } from '@parley/contract';
import type { AuthContext } from '../context.ts';
import { listLive, type SessionRow } from './store.ts';

/** The person's live sessions, the last used first. */
export async function listSessions(
  { db, clock }: AuthContext,
  viewer: { userId: string; sessionId: string },
): Promise<Session[]> {
  const rows = await listLive(db, viewer.userId, new Date(clock()));
  return rows.map((row) => toSession(row, viewer.sessionId));
}

function toSession(row: SessionRow, currentId: string): Session {
  return {
    id: row.id,
    ...(row.user_agent === null ? {} : { userAgent: row.user_agent }),
    ...(row.address === null ? {} : { address: row.address }),
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at.toISOString(),
    isCurrent: row.id === currentId,
  };
}
