import type { ErrorCode } from '@parley/contract';
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/schema.ts';
import type { AttachmentRow } from '../files/views.ts';
import { attachmentJson } from '../messages/media.ts';
import type { SendCommand } from '../messages/queue.ts';

export interface ScheduledRow {
  chat_id: string;
  id: string;
  user_id: string;
  command: SendCommand;
  scheduled_at: Date;
  /** It was due, and could not be sent. */
  failed_code: ErrorCode | null;
}

/** With its files as they are now; null where there are none. */
export interface ShownRow extends ScheduledRow {
  attachments: readonly AttachmentRow[] | null;
}

interface Place {
  chatId: string;
  id: string;
  userId: string;
}

const columns = ['chat_id', 'id', 'user_id', 'command', 'scheduled_at', 'failed_code'] as const;
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

export async function scheduledOf(db: Db, chatId: string, userId: string): Promise<ShownRow[]> {
  const { rows } = await sql<ShownRow>`
    select s.chat_id, s.id, s.user_id, s.command, s.scheduled_at, s.failed_code, (
      select json_agg(${attachmentJson} order by named.place)
      from jsonb_array_elements_text(s.command->'media'->'fileIds') with ordinality as named (id, place)
      join files f on f.id = named.id::uuid) as attachments
    from scheduled_messages s
    where s.chat_id = ${chatId}::uuid and s.user_id = ${userId}::uuid
    order by s.scheduled_at, s.id`.execute(db);
  return rows;
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
    .set({ command: JSON.stringify(row.command), scheduled_at: row.scheduled_at, failed_code: row.failed_code })
    .where('chat_id', '=', row.chat_id)
    .where('id', '=', row.id)
    .execute();
}

/** Kept for its sender. False where the chat is gone, and nobody could ever look at it. */
export async function keepFailed(trx: Trx, { chatId, id }: Omit<Place, 'userId'>, code: ErrorCode): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update scheduled_messages s set failed_code = ${code} from chats c
    where s.chat_id = ${chatId}::uuid and s.id = ${id}::uuid and c.id = s.chat_id and c.deleted_at is null`.execute(
    trx,
  );
  return numAffectedRows === 1n;
}

/** The chat is gone: nobody can look at them any more. What still waits is told as failed at its time. */
export async function removeFailed(trx: Trx, chatId: string): Promise<void> {
  await trx
    .deleteFrom('scheduled_messages')
    .where('chat_id', '=', chatId)
    .where('failed_code', 'is not', null)
    .execute();
}

/** What it was; undefined if it was not there. */
export async function removeScheduled(trx: Trx, { chatId, id, userId }: Place): Promise<SendCommand | undefined> {
  const row = await trx
    .deleteFrom('scheduled_messages')
    .where('chat_id', '=', chatId)
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .returning('command')
    .executeTakeFirst();
  return row && (row.command as unknown as SendCommand);
}

/** The next whose time has come and that no other worker has in hand, but for those that are to be passed over; locked. */
export async function takeDue(trx: Trx, now: Date, passed: readonly string[] = []): Promise<ScheduledRow | undefined> {
  const { rows } = await sql<ScheduledRow>`
    select chat_id, id, user_id, command, scheduled_at, failed_code from scheduled_messages
    where scheduled_at <= ${now} and failed_code is null and id <> all (${passed}::uuid[])
    order by scheduled_at, id limit 1 for update skip locked`.execute(trx);
  return rows[0];
}
