import { sql } from 'kysely';
import type { Db } from '../../../db/schema.ts';

/** Resolves when so many sessions of this database wait for a lock: the race that a test wants is on. */
export async function untilWaiting(db: Db, count: number): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const { rows } = await sql<{ waiting: number }>`
      select count(*)::int as waiting from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
    if ((rows[0]?.waiting ?? 0) >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`fewer than ${count} sessions wait for a lock`);
}
