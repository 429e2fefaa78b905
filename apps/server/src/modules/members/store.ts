import { type ChatType, chatTopic, type Role, userTopic } from '@parley/contract';
import { sql } from 'kysely';
import { plainArray } from '../../db/arrays.ts';
import { type Run, runOn } from '../../db/pipeline.ts';
import type { Db, Trx } from '../../db/schema.ts';
import { lockHeads } from '../../log/heads.ts';

/** One person's place in one chat, with what is needed to decide what they may do there. */
export interface Membership {
  chatId: string;
  chatType: ChatType;
  userId: string;
  participantId: string;
  role: Role;
  /** Of a direct chat: why this person cannot write to the other one. */
  barrier?: 'not_reachable' | 'person_blocked';
}

const membershipColumns = [
  'm.chat_id as chatId',
  'c.type as chatType',
  'm.user_id as userId',
  'm.participant_id as participantId',
  'm.role',
] as const;

const present = (db: Db) =>
  db
    .selectFrom('chat_members as m')
    .innerJoin('chats as c', 'c.id', 'm.chat_id')
    .where('m.left_at', 'is', null)
    .where('c.deleted_at', 'is', null);

export async function findMembership(db: Db, chatId: string, userId: string): Promise<Membership | undefined> {
  return (await findMemberships(runOn(db), [{ chatId, userId }]))[0];
}

/** Looked up in direct chats only; whoever is blocked themself is told of that first. */
const barrier = sql`
  case when c.type = 'direct' then (
    select case when b.user_id = m.user_id then 'person_blocked' else 'not_reachable' end
    from chat_members other
    join user_blocks b on (b.user_id = other.user_id and b.blocked_id = m.user_id)
      or (b.user_id = m.user_id and b.blocked_id = other.user_id)
    where other.chat_id = m.chat_id and other.user_id <> m.user_id
    order by b.user_id = m.user_id limit 1
  ) end`;

/** One for each wanted, in that order; undefined for who is not in the chat. Looked up by key, however many. */
export async function findMemberships(
  run: Run,
  wanted: readonly { chatId: string; userId: string }[],
): Promise<(Membership | undefined)[]> {
  const rows = await run(
    'find_memberships',
    sql<Omit<Membership, 'barrier'> & { place: number; barrier: Membership['barrier'] | null }>`
    select w.place, m."chatId", m."chatType", m."userId", m."participantId", m.role, m.barrier
    from unnest(${plainArray(wanted.map((one) => one.chatId))}::uuid[], ${plainArray(wanted.map((one) => one.userId))}::uuid[])
      with ordinality as w (chat_id, user_id, place)
    cross join lateral (
      select m.chat_id as "chatId", c.type as "chatType", m.user_id as "userId", m.participant_id as "participantId", m.role,
        ${barrier} as barrier
      from chat_members m join chats c on c.id = m.chat_id
      where m.chat_id = w.chat_id and m.user_id = w.user_id and m.left_at is null and c.deleted_at is null
      limit 1
    ) m`,
  );
  const found: (Membership | undefined)[] = wanted.map(() => undefined);
  for (const { place, barrier, ...membership } of rows) {
    found[place - 1] = barrier === null ? membership : { ...membership, barrier: barrier! };
  }
  return found;
}

/** For a write: the row is locked, so that the role does not change until the end of the transaction. */
export function lockMembership(trx: Trx, chatId: string, userId: string): Promise<Membership | undefined> {
  return present(trx)
    .select(membershipColumns)
    .where('m.chat_id', '=', chatId)
    .where('m.user_id', '=', userId)
    .forUpdate(['m'])
    .executeTakeFirst();
}

export interface MemberChat {
  chatId: string;
  participantId: string;
  chatType: ChatType;
  role: Role;
  memberCount: number;
}

/** Each chat is looked up by its key: with statistics that are a little off the planner would rather read all chats. */
export async function chatsOf(db: Db, userId: string): Promise<MemberChat[]> {
  const { rows } = await sql<MemberChat>`
    select m.chat_id as "chatId", m.participant_id as "participantId", c.type as "chatType", m.role,
      c.member_count as "memberCount"
    from chat_members m
    cross join lateral (select type, member_count from chats where id = m.chat_id and deleted_at is null limit 1) c
    where m.user_id = ${userId}::uuid and m.left_at is null`.execute(db);
  return rows;
}

export async function memberIdsOf(db: Db, chatId: string): Promise<string[]> {
  const rows = await present(db).select('m.user_id').where('m.chat_id', '=', chatId).execute();
  return rows.map((row) => row.user_id);
}

/** Locks the chat's row, so that its count of members and its existence hold until the end of the transaction. */
export function lockChat(trx: Trx, chatId: string): Promise<{ type: ChatType; memberCount: number } | undefined> {
  return trx
    .selectFrom('chats')
    .select(['type', 'member_count as memberCount'])
    .where('id', '=', chatId)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

interface NewMember {
  userId: string;
  role: Role;
}

/**
 * Adds people, or brings back those who left. Those who are in it already are left alone and not returned.
 * New members have read all there is: they start without a backlog. `alsoTold`: further topics that this transaction tells.
 */
export async function insertMembers(
  trx: Trx,
  chatId: string,
  members: readonly NewMember[],
  alsoTold: readonly string[] = [],
): Promise<string[]> {
  const { rows } = await sql<{ user_id: string }>`
    insert into chat_members (chat_id, user_id, participant_id, role)
    select ${chatId}::uuid, n.user_id, n.user_id, n.role
    from unnest(${members.map((member) => member.userId)}::uuid[], ${members.map((member) => member.role)}::text[]) as n (user_id, role)
    on conflict (chat_id, user_id) do update set left_at = null, removed_at = null, role = excluded.role, joined_at = now()
      where chat_members.left_at is not null
    returning user_id`.execute(trx);
  const added = rows.map((row) => row.user_id);
  // The heads before the cursors, as the worker and readers do: so that none of them waits for another that waits for it.
  await lockHeads(trx, [chatTopic(chatId), ...added.map(userTopic), ...alsoTold]);
  await startCursors(trx, chatId, added);
  await countMembers(trx, chatId, added.length);
  return added;
}

async function startCursors(trx: Trx, chatId: string, userIds: readonly string[]): Promise<void> {
  await sql`
    insert into read_cursors (chat_id, user_id, sequence, message_count)
    select h.owner_id, n.user_id, h.last_sequence, h.message_count
    from unnest(${userIds}::uuid[]) as n (user_id)
    join topic_heads h on h.owner_id = ${chatId}::uuid and h.kind = 'chat'
    on conflict (chat_id, user_id) do update set sequence = excluded.sequence, message_count = excluded.message_count`.execute(
    trx,
  );
}

/** True when the person was a member until now. */
export async function endMembership(
  trx: Trx,
  chatId: string,
  userId: string,
  reason: 'left' | 'removed',
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('chat_members')
    .set({ left_at: new Date(), role: 'member', removed_at: reason === 'removed' ? new Date() : null })
    .where('chat_id', '=', chatId)
    .where('user_id', '=', userId)
    .where('left_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await countMembers(trx, chatId, -1);
  return true;
}

async function countMembers(trx: Trx, chatId: string, change: number): Promise<void> {
  if (change === 0) return;
  await trx
    .updateTable('chats')
    .set((eb) => ({ member_count: eb('member_count', '+', change) }))
    .where('id', '=', chatId)
    .execute();
}

export async function setRole(trx: Trx, chatId: string, userId: string, role: Role): Promise<void> {
  await trx
    .updateTable('chat_members')
    .set({ role })
    .where('chat_id', '=', chatId)
    .where('user_id', '=', userId)
    .execute();
}

export async function setOwner(trx: Trx, chatId: string, userId: string): Promise<void> {
  await trx.updateTable('chats').set({ owner_id: userId }).where('id', '=', chatId).execute();
}

/** Those of the given people that exist and are not blocked. */
export async function existingUsers(db: Db, userIds: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('users')
    .select('id')
    .where('id', 'in', [...userIds, '00000000-0000-0000-0000-000000000000'])
    .where('blocked_at', 'is', null)
    .execute();
  return new Set(rows.map((row) => row.id));
}

export async function isPublicChannel(db: Db, chatId: string): Promise<boolean> {
  const row = await db
    .selectFrom('chats')
    .select('id')
    .where('id', '=', chatId)
    .where('type', '=', 'channel')
    .where('public_name', 'is not', null)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

export async function membersAmong(db: Db, chatId: string, userIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ user_id: string }>`
    select m.user_id from chat_members m join chats c on c.id = m.chat_id
    where m.chat_id = ${chatId}::uuid and m.user_id = any(${plainArray(userIds)}::uuid[])
      and m.left_at is null and c.deleted_at is null`.execute(db);
  return new Set(rows.map((row) => row.user_id));
}
