import { sql } from 'kysely';
import type { Db } from '../../db/schema.ts';
import { type LastSeenPrivacy, privacyOf, type Reach, type Relation } from './privacy.ts';

/** Presence is pushed to chats up to this size; in larger ones people are watched by name. */
export const maxPushedChat = 200;

export interface Person extends Reach {
  userId: string;
  username: string;
  privacy: LastSeenPrivacy;
}

/**
 * Each person with the chats through which others hear of them. Left out are chats in which they go by another identity,
 * those with somebody they have blocked (others there may watch), and public channels, whose topic may be followed by people
 * who are not in them.
 */
export async function people(db: Db, userIds: readonly string[]): Promise<Map<string, Person>> {
  const { rows } = await sql<Omit<Person, 'privacy'> & { privacy: unknown }>`
    select u.id as "userId", u.username, u.settings ->> 'lastSeenPrivacy' as privacy,
      coalesce(array_agg(c.id) filter (where c.type = 'direct'), '{}') as "directChats",
      coalesce(array_agg(c.id) filter (where c.type <> 'direct'), '{}') as "otherChats"
    from users u
    left join chat_members m on m.user_id = u.id and m.left_at is null and m.participant_id = m.user_id
    left join chats c on c.id = m.chat_id and c.deleted_at is null and c.member_count between 2 and ${maxPushedChat}
      and not (c.type = 'channel' and c.public_name is not null)
      and not exists (
        select from user_blocks b join chat_members o on o.user_id = b.blocked_id and o.chat_id = c.id and o.left_at is null
        where b.user_id = u.id
      )
    where u.id = any(${userIds}::uuid[])
    group by u.id`.execute(db);
  return new Map(rows.map((row) => [row.userId, { ...row, privacy: privacyOf(row.privacy) }]));
}

export interface Acquaintance extends Relation {
  userId: string;
  username: string;
  privacy: LastSeenPrivacy;
  lastSeenAt: Date | null;
}

/** What each of the given people is to the viewer. Chats of any size count. */
export async function acquaintances(db: Db, viewerId: string, userIds: readonly string[]): Promise<Acquaintance[]> {
  const { rows } = await sql<
    Omit<Acquaintance, keyof Relation | 'privacy'> & { privacy: unknown; direct: boolean | null; isBlocked: boolean }
  >`
    select u.id as "userId", u.username, u.settings ->> 'lastSeenPrivacy' as privacy,
      u.last_seen_at as "lastSeenAt", shared.direct,
      exists (select from user_blocks b where b.user_id = u.id and b.blocked_id = ${viewerId}::uuid) as "isBlocked"
    from users u
    left join (
      select theirs.user_id, bool_or(c.type = 'direct') as direct
      from chat_members mine
      join chats c on c.id = mine.chat_id and c.deleted_at is null
      join chat_members theirs on theirs.chat_id = mine.chat_id and theirs.left_at is null
        and theirs.participant_id = theirs.user_id and theirs.user_id = any(${userIds}::uuid[])
      where mine.user_id = ${viewerId}::uuid and mine.left_at is null
      group by theirs.user_id
    ) shared on shared.user_id = u.id
    where u.id = any(${userIds}::uuid[])`.execute(db);
  return rows.map(({ direct, privacy, ...row }) => ({
    ...row,
    privacy: privacyOf(privacy),
    isSelf: row.userId === viewerId,
    sharesChat: direct !== null,
    sharesDirectChat: direct === true,
  }));
}

/** Never moves back. */
export async function writeLastSeen(db: Db, seen: ReadonlyMap<string, Date>): Promise<void> {
  if (seen.size === 0) return;
  await sql`
    update users u set last_seen_at = n.at
    from unnest(${[...seen.keys()]}::uuid[], ${[...seen.values()]}::timestamptz[]) as n (id, at)
    where u.id = n.id and (u.last_seen_at is null or u.last_seen_at < n.at)`.execute(db);
}
