import type { ChatType } from '@parley/contract';
import { type Selectable, sql } from 'kysely';
import type { Database, Db, Trx } from '../../db/schema.ts';
import type { PublicUserRow } from '../users/profile.ts';

export type InviteRow = Selectable<Database['invites']>;
export type NewInviteRow = Pick<InviteRow, 'chat_id' | 'token' | 'created_by' | 'max_uses' | 'requires_approval'> & {
  expires_at: string | null;
};

export async function insertInvite(trx: Trx, invite: NewInviteRow): Promise<InviteRow> {
  await trx.insertInto('invite_tokens').values({ token: invite.token, chat_id: invite.chat_id }).execute();
  return trx.insertInto('invites').values(invite).returningAll().executeTakeFirstOrThrow();
}

/** The newest first, without those that were revoked. */
export function invitesOf(db: Db, chatId: string): Promise<InviteRow[]> {
  return db
    .selectFrom('invites')
    .selectAll()
    .where('chat_id', '=', chatId)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .execute();
}

export async function chatOfToken(db: Db, token: string): Promise<string | undefined> {
  const row = await db.selectFrom('invite_tokens').select('chat_id').where('token', '=', token).executeTakeFirst();
  return row?.chat_id;
}

export function findInvite(db: Db, chatId: string, token: string): Promise<InviteRow> {
  return db
    .selectFrom('invites')
    .selectAll()
    .where('chat_id', '=', chatId)
    .where('token', '=', token)
    .executeTakeFirstOrThrow();
}

export async function revokeInvite(trx: Trx, chatId: string, token: string, now: Date): Promise<void> {
  await trx
    .updateTable('invites')
    .set({ revoked_at: now })
    .where('chat_id', '=', chatId)
    .where('token', '=', token)
    .where('revoked_at', 'is', null)
    .execute();
}

/** To be called under the lock of the chat: so places are never given twice. */
export async function takePlace(trx: Trx, chatId: string, token: string): Promise<void> {
  await trx
    .updateTable('invites')
    .set((eb) => ({ use_count: eb('use_count', '+', 1) }))
    .where('chat_id', '=', chatId)
    .where('token', '=', token)
    .execute();
}

/** How somebody stands to a chat that they want to come into. */
export interface Standing {
  isMember: boolean;
  wasRemoved: boolean;
  isWaiting: boolean;
}

export async function standingOf(db: Db, chatId: string, userId: string): Promise<Standing> {
  const { rows } = await sql<Standing>`
    select
      exists (select from chat_members where chat_id = ${chatId}::uuid and user_id = ${userId}::uuid and left_at is null)
        as "isMember",
      exists (select from chat_members where chat_id = ${chatId}::uuid and user_id = ${userId}::uuid and removed_at is not null)
        as "wasRemoved",
      exists (select from join_requests where chat_id = ${chatId}::uuid and user_id = ${userId}::uuid) as "isWaiting"`.execute(
    db,
  );
  return rows[0]!;
}

export interface Place {
  type: ChatType;
  title: string | null;
  description: string | null;
  avatarUrl: string | null;
  memberCount: number;
}

/** Where a link leads; undefined when the chat is gone. */
export function placeOf(db: Db, chatId: string): Promise<Place | undefined> {
  return db
    .selectFrom('chats')
    .select(['type', 'title', 'description', 'avatar_url as avatarUrl', 'member_count as memberCount'])
    .where('id', '=', chatId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
}

export type RequestRow = PublicUserRow & { requested_at: Date };

export function requestsOf(db: Db, chatId: string, limit: number): Promise<RequestRow[]> {
  return db
    .selectFrom('join_requests as r')
    .innerJoin('users as u', 'u.id', 'r.user_id')
    .select(['u.id', 'u.username', 'u.display_name', 'u.bio', 'u.avatar_url', 'r.requested_at'])
    .where('r.chat_id', '=', chatId)
    .orderBy('r.requested_at')
    .orderBy('r.user_id')
    .limit(limit)
    .execute();
}
