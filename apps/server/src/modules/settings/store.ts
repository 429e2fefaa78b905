import { sql } from 'kysely';
import type { Db, Trx } from '../../db/schema.ts';

export interface SettingsRow {
  id: string;
  settings: Record<string, unknown>;
}

export function readSettings(db: Db, userIds: readonly string[]): Promise<SettingsRow[]> {
  return db.selectFrom('users').select(['id', 'settings']).where('id', 'in', userIds).execute();
}

/** In one statement, so that two devices that change different keys both win. */
export function mergeSettings(trx: Trx, userId: string, change: object): Promise<SettingsRow | undefined> {
  return trx
    .updateTable('users')
    .set({ settings: sql`settings || ${JSON.stringify(change)}::jsonb` })
    .where('id', '=', userId)
    .returning(['id', 'settings'])
    .executeTakeFirst();
}
