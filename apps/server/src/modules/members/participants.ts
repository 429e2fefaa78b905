import type { Participant, Role } from '@parley/contract';
import { sql } from 'kysely';
import type { Run } from '../../db/pipeline.ts';
import type { Db } from '../../db/schema.ts';
import { asPrefix, usernameKey } from '../users/names.ts';

interface ParticipantRow {
  participant_id: string;
  user_id: string;
  role: Role;
  left_at: Date | null;
  username: string;
  display_name: string;
  avatar_url: string | null;
}

/**
 * Who stands behind participant ids, for one viewer: the only place that turns an id in a chat into a person.
 * `viewer` undefined: what an ordinary member sees. Everyone is open in every chat today; pseudonymous chats will decide here.
 */
export async function participants(
  db: Db,
  _viewer: string | undefined,
  wanted: readonly { chatId: string; participantId: string }[],
): Promise<Map<string, Participant>> {
  if (wanted.length === 0) return new Map();
  const { rows } = await sql<ParticipantRow & { chat_id: string }>`
    select m.chat_id, m.participant_id, m.user_id, m.role, m.left_at, u.username, u.display_name, u.avatar_url
    from (select distinct * from unnest(
      ${wanted.map((one) => one.chatId)}::uuid[], ${wanted.map((one) => one.participantId)}::uuid[]
    ) as w (chat_id, participant_id)) as w
    join chat_members m using (chat_id, participant_id)
    join users u on u.id = m.user_id`.execute(db);
  return new Map(rows.map((row) => [`${row.chat_id} ${row.participant_id}`, toParticipant(row)]));
}

/**
 * Members by their usernames, for one who mentions them: in the order of the names, each a key of a name. Not among them: those who
 * have blocked that person, and those who are shut out.
 */
export async function participantsNamed(
  run: Run,
  { chatId, userId }: { chatId: string; userId: string },
  names: readonly string[],
): Promise<string[]> {
  const rows = await run(
    'participants_named',
    sql<{ id: string }>`
    select m.participant_id as id
    from unnest(${names}::text[]) with ordinality as w (name, place)
    cross join lateral (select id from users where username_key = w.name and blocked_at is null limit 1) u
    cross join lateral (
      select participant_id from chat_members where chat_id = ${chatId}::uuid and user_id = u.id and left_at is null limit 1
    ) m
    where not exists (select from user_blocks b where b.user_id = u.id and b.blocked_id = ${userId}::uuid)
    order by w.place`,
  );
  return rows.map(({ id }) => id);
}

/** The members of a chat, oldest first, after a cursor. */
export async function memberPage(
  db: Db,
  _viewer: string,
  chatId: string,
  page: { limit: number; after?: string | undefined },
): Promise<{ participants: Participant[]; nextCursor: string | undefined }> {
  let query = db
    .selectFrom('chat_members as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['m.participant_id', 'm.user_id', 'm.role', 'm.left_at', 'u.username', 'u.display_name', 'u.avatar_url'])
    .where('m.chat_id', '=', chatId)
    .where('m.left_at', 'is', null)
    .orderBy('m.user_id')
    .limit(page.limit + 1);
  if (page.after) query = query.where('m.user_id', '>', page.after);
  const rows = await query.execute();
  const shown = rows.slice(0, page.limit);
  return {
    participants: shown.map(toParticipant),
    nextCursor: rows.length > page.limit ? shown.at(-1)?.user_id : undefined,
  };
}

/**
 * Members whose username, or a word of whose name, begins so: those by username first. The members are looked through, ten
 * thousand at most, however many people the installation has.
 */
export async function membersByPrefix(
  db: Db,
  _viewer: string,
  chatId: string,
  { text, limit }: { text: string; limit: number },
): Promise<Participant[]> {
  const byUsername = sql<boolean>`u.username_key like ${asPrefix(usernameKey(text))}`;
  const { rows } = await sql<ParticipantRow>`
    select m.participant_id, m.user_id, m.role, m.left_at, u.username, u.display_name, u.avatar_url
    from chat_members m join users u on u.id = m.user_id
    where m.chat_id = ${chatId}::uuid and m.left_at is null
      and (${byUsername} or ' ' || lower(u.display_name) like '% ' || lower(${asPrefix(text)}))
    order by ${byUsername} desc, u.username_key
    limit ${limit}`.execute(db);
  return rows.map(toParticipant);
}

function toParticipant(row: ParticipantRow): Participant {
  return {
    id: row.participant_id,
    userId: row.user_id,
    displayName: row.display_name,
    username: row.username,
    ...(row.avatar_url === null ? {} : { avatarUrl: row.avatar_url }),
    role: row.role,
    isMember: row.left_at === null,
  };
}
