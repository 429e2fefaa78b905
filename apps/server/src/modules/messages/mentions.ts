import { differentNames, maxUnreadMentions } from '@parley/contract';
import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../../db/schema.ts';
import type { Membership } from '../members/service.ts';

/** The participants of the chat who have these names, as far as the member may mention them. */
export type FindNamed = (member: Membership, names: readonly string[]) => Promise<string[]>;

/** Whom a text mentions. Nothing is asked for the many that name nobody. */
export async function mentionsOf(
  find: FindNamed,
  member: Membership,
  content: string,
): Promise<{ mentions?: readonly string[] }> {
  const names = differentNames(content);
  const mentions = names.length === 0 ? [] : await find(member, names);
  return mentions.length === 0 ? {} : { mentions };
}

interface Mentioning {
  chatId: string;
  sequence: number;
  mentions: readonly string[];
}

/** The statement that notes who is mentioned where: run alone, or as part of a larger one. */
export function insertingMentions(messages: readonly Mentioning[]): RawBuilder<unknown> {
  const rows = messages.flatMap(({ chatId, sequence, mentions }) =>
    mentions.map((participantId) => ({ chatId, participantId, sequence })),
  );
  return sql`
    insert into mentions (chat_id, participant_id, sequence)
    select * from unnest(
      ${rows.map((row) => row.chatId)}::uuid[], ${rows.map((row) => row.participantId)}::uuid[],
      ${rows.map((row) => row.sequence)}::bigint[])`;
}

/** By key: those whom the message mentioned are known from the message. */
export async function removeMentions(trx: Trx, { chatId, sequence, mentions }: Mentioning): Promise<void> {
  await trx
    .deleteFrom('mentions')
    .where('chat_id', '=', chatId)
    .where('participant_id', 'in', [...mentions])
    .where('sequence', '=', sequence)
    .execute();
}

/** Of a member `m` whose chat stands at `h` and who has read to `rc`: where they are mentioned further on, as JSON; or null. */
export const unreadMentionsOf = (m: RawBuilder<unknown>, h: RawBuilder<unknown>, rc: RawBuilder<unknown>) => sql`
  case when ${h}.last_sequence > coalesce(${rc}.sequence, 0) then (
    select json_agg(n.sequence order by n.sequence) from (
      select sequence from mentions
      where chat_id = ${m}.chat_id and participant_id = ${m}.participant_id and sequence > coalesce(${rc}.sequence, 0)
      order by sequence desc limit ${sql.lit(maxUnreadMentions)}
    ) n) end`;
