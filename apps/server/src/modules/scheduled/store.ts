import { sql } from 'kysely';
import type { Db, Trx } from '../../db/schema.ts';
import type { SendCommand } from '../messages/queue.ts';

export interface ScheduledRow {
  chat_id: string;
  id: string;
  user_id: string;
  command: SendCommand;
  scheduled_at: Date;
}

interface Place {
  chatId: string;
  id: string;
  userId: string;
}

const columns = ['chat_id', 'id', 'user_id', 'command', 'scheduled_at'] as const;
const asRow = (row: object): ScheduledRow => row as ScheduledRow;

/** A repeat changes nothing. */
export async function insertScheduled(trx: Trx, command: SendCommand, at: Date): Promise<void> {
  await trx
    .insertInto('scheduled_messages')
    .values({
      chat_id: command.chatId,
      id: command.id,
      user_id: command.userId,
      command: JSON.stringify(command),
      scheduled_at: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function scheduledOf(db: Db, chatId: string, userId: string): Promise<ScheduledRow[]> {
  const rows = await db
    .selectFrom('scheduled_messages')
    .select(columns)
    .where('chat_id', '=', chatId)
    .where('user_id', '=', userId)
    .orderBy('scheduled_at')
    .orderBy('id')
    .execute();
  return rows.map(asRow);
}

/** For a write: the row is locked, and not being sent. */
export async function lockScheduled(trx: Trx, { chatId, id, userId }: Place): Promise<ScheduledRow | undefined> {
  const row = await trx
    .selectFrom('scheduled_messages')
    .select(columns)
    .where('chat_id', '=', chatId)
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .forUpdate()
    .executeTakeFirst();
  return row && asRow(row);
}

export async function writeScheduled(trx: Trx, row: ScheduledRow): Promise<void> {
  await trx
    .updateTable('scheduled_messages')
    .set({ command: JSON.stringify(row.command), scheduled_at: row.scheduled_at })
    .where('chat_id', '=', row.chat_id)
    .where('id', '=', row.id)
    .execute();
}

export async function removeScheduled(trx: Trx, { chatId, id, userId }: Place): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('scheduled_messages')
    .where('chat_id', '=', chatId)
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** The next whose time has come and that no other worker has in hand; locked. */
export async function takeDue(trx: Trx, now: Date): Promise<ScheduledRow | undefined> {
  const { rows } = await sql<ScheduledRow>`
    select chat_id, id, user_id, command, scheduled_at from scheduled_messages
    where scheduled_at <= ${now} order by scheduled_at, id limit 1 for update skip locked`.execute(trx);
  return rows[0];
}
