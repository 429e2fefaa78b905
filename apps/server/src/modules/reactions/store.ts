import type { Reaction, ReactionCount } from '@parley/contract';
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/schema.ts';

export interface Place {
  chatId: string;
  messageId: string;
}

/** What is left on each of the messages, in the order the kinds came. */
export async function countsOf(db: Db, wanted: readonly Place[]): Promise<Map<string, ReactionCount[]>> {
  const { rows } = await sql<ReactionCount & { message_id: string }>`
    select r.message_id, r.emoji, r.count
    from (select distinct * from unnest(
      ${wanted.map((one) => one.chatId)}::uuid[], ${wanted.map((one) => one.messageId)}::uuid[]
    ) as w (chat_id, message_id)) w
    cross join lateral (
      select * from reaction_counts where chat_id = w.chat_id and message_id = w.message_id order by place limit 1000
    ) r
    order by r.message_id, r.place`.execute(db);
  return group(rows, ({ emoji, count }) => ({ emoji, count }));
}

/** The same for one participant: whether they are among those who left it. */
export async function reactionsOf(
  db: Db,
  chatId: string,
  participantId: string,
  messageIds: readonly string[],
): Promise<Map<string, Reaction[]>> {
  const { rows } = await sql<Reaction & { message_id: string }>`
    select r.message_id, r.emoji, r.count, own.emoji is not null as me
    from reaction_counts r
    left join reactions own on own.chat_id = r.chat_id and own.message_id = r.message_id
      and own.emoji = r.emoji and own.participant_id = ${participantId}::uuid
    where r.chat_id = ${chatId}::uuid and r.message_id = any(${messageIds}::uuid[])
    order by r.message_id, r.place`.execute(db);
  return group(rows, ({ emoji, count, me }) => ({ emoji, count, me }));
}

function group<Row extends { message_id: string }, T>(rows: readonly Row[], pick: (row: Row) => T): Map<string, T[]> {
  const groups = Map.groupBy(rows, (row) => row.message_id);
  return new Map([...groups].map(([messageId, members]) => [messageId, members.map(pick)]));
}

export async function emojiOf(trx: Trx, { chatId, messageId }: Place, participantId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('reactions')
    .select('emoji')
    .where('chat_id', '=', chatId)
    .where('message_id', '=', messageId)
    .where('participant_id', '=', participantId)
    .execute();
  return rows.map(({ emoji }) => emoji);
}

/** The message's row is to be locked: its kinds are numbered here. */
export async function add(
  trx: Trx,
  { chatId, messageId }: Place,
  participantId: string,
  emoji: string,
  at: Date,
): Promise<void> {
  await sql`
    with added as (
      insert into reactions (chat_id, message_id, participant_id, emoji, reacted_at)
      values (${chatId}::uuid, ${messageId}::uuid, ${participantId}::uuid, ${emoji}, ${at})
    )
    insert into reaction_counts as r (chat_id, message_id, emoji, place, count)
    select ${chatId}::uuid, ${messageId}::uuid, ${emoji}, coalesce(max(place), 0) + 1, 1
    from reaction_counts where chat_id = ${chatId}::uuid and message_id = ${messageId}::uuid
    on conflict (chat_id, message_id, emoji) do update set count = r.count + 1`.execute(trx);
}

export async function remove(
  trx: Trx,
  { chatId, messageId }: Place,
  participantId: string,
  emoji: string,
): Promise<void> {
  const kind = sql`chat_id = ${chatId}::uuid and message_id = ${messageId}::uuid and emoji = ${emoji}`;
  await sql`delete from reactions where ${kind} and participant_id = ${participantId}::uuid`.execute(trx);
  await sql`update reaction_counts set count = count - 1 where ${kind}`.execute(trx);
  await sql`delete from reaction_counts where ${kind} and count = 0`.execute(trx);
}

export async function clear(trx: Trx, { chatId, messageId }: Place): Promise<void> {
  for (const table of ['reactions', 'reaction_counts'] as const)
    await trx.deleteFrom(table).where('chat_id', '=', chatId).where('message_id', '=', messageId).execute();
}
