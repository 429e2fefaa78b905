import type { ChatChange, ChatFlags, ChatType } from '@parley/contract';
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/schema.ts';
import { attachmentsOf } from '../messages/media.ts';
import { unreadMentionsOf } from '../messages/mentions.ts';
import type { ChatRow, FactsRow } from './rows.ts';

interface Selection {
  chatIds?: readonly string[] | undefined;
  limit?: number;
  after?: { activity: string; id: string } | undefined;
}

/** Places, from the newest one, among which the last message is looked for: a chat that was emptied costs no more. */
const lookBack = 1_000;

/**
 * Chats as one member sees them, the latest activity first. The last message is the newest that is left for them: by key, from the
 * newest backwards past deleted ones. One statement, hence one snapshot with the positions.
 */
export async function chatsOfViewer(db: Db, viewer: string, selection: Selection): Promise<ChatRow[]> {
  const { chatIds, after, limit = 1_000 } = selection;
  const { rows } = await sql<ChatRow>`
    select * from (
      select c.id, c.type, c.title, c.description, c.public_name, c.avatar_url, c.member_count, c.created_at,
        m.role, m.participant_id, m.is_pinned, m.is_favorite, m.is_archived, m.muted_until,
        coalesce(rc.sequence, 0) as read_sequence, coalesce(rc.message_count, 0) as read_count,
        d.content as draft_content, d.reply_to_id as draft_reply_to_id, d.updated_at as draft_updated_at,
        h.last_offset, h.last_sequence, h.message_count as total_count,
        coalesce(last.sender_id = m.participant_id and last.type <> 'system'
          and last.sequence = h.last_sequence and h.told_sequence >= h.last_sequence
          and coalesce((viewer.settings ->> 'readReceipts')::boolean, true), false) as is_last_read,
        ${unreadMentionsOf(sql`m`, sql`h`, sql`rc`)} as unread_mentions,
        case when m.role = 'member' then 0
          else (select count(*)::integer from join_requests r where r.chat_id = c.id) end as waiting_count,
        date_trunc('milliseconds', coalesce(last.sent_at, c.created_at)) as activity,
        peer.id as peer_id, peer.username as peer_username, peer.display_name as peer_display_name,
        peer.bio as peer_bio, peer.avatar_url as peer_avatar_url,
        exists (select from user_blocks b where b.user_id = m.user_id and b.blocked_id = peer.id) as peer_is_blocked,
        case when last.id is null then null else json_build_object(
          'chat_id', last.chat_id, 'id', last.id, 'sequence', last.sequence, 'sender_id', last.sender_id,
          'client_message_id', last.client_message_id, 'type', last.type, 'content', last.content,
          'media', last.media, 'attachments', ${attachmentsOf(sql`last`)}, 'service', last.service,
          'forwarded_from', last.forwarded_from, 'mentions', last.mentions,
          'is_silent', last.is_silent, 'sent_at', last.sent_at, 'edited_at', last.edited_at,
          'deleted_at', null, 'reply_to_id', last.reply_to_id,
          'reply_sender_id', reply.sender_id, 'reply_type', reply.type, 'reply_sequence', reply.sequence,
          'reply_content', case when reply_hidden.message_id is null then left(reply.content, 120) else '' end
        ) end as last_message
      from chat_members m
      join users viewer on viewer.id = m.user_id
      join chats c on c.id = m.chat_id and c.deleted_at is null
      join topic_heads h on h.owner_id = c.id and h.kind = 'chat'
      left join read_cursors rc on rc.chat_id = m.chat_id and rc.user_id = m.user_id
      left join drafts d on d.chat_id = m.chat_id and d.user_id = m.user_id
      left join lateral (
        select * from messages one
        where one.chat_id = m.chat_id and one.sequence <= h.last_sequence and one.sequence > h.last_sequence - ${lookBack}
          and one.deleted_at is null
          and not exists (
            select from hidden_messages hidden
            where hidden.chat_id = one.chat_id and hidden.user_id = m.user_id and hidden.message_id = one.id)
        order by one.sequence desc limit 1
      ) last on true
      left join messages reply on reply.chat_id = last.chat_id and reply.id = last.reply_to_id
      left join hidden_messages reply_hidden
        on reply_hidden.chat_id = last.chat_id and reply_hidden.user_id = m.user_id and reply_hidden.message_id = last.reply_to_id
      left join lateral (
        select u.* from chat_members other join users u on u.id = other.user_id
        where c.type = 'direct' and other.chat_id = c.id and (other.user_id <> m.user_id or c.member_count = 1)
        limit 1
      ) peer on true
      where m.user_id = ${viewer}::uuid and m.left_at is null
        ${chatIds === undefined ? sql`` : sql`and m.chat_id = any(${chatIds}::uuid[])`}
    ) listed
    ${after === undefined ? sql`` : sql`where (activity, id) < (${after.activity}::timestamptz, ${after.id}::uuid)`}
    order by activity desc, id desc
    limit ${limit}`.execute(db);
  return rows;
}

export async function factsOf(db: Db, chatIds: readonly string[]): Promise<Map<string, FactsRow>> {
  const rows = await db
    .selectFrom('chats')
    .select(['id', 'type', 'title', 'description', 'public_name', 'avatar_url', 'member_count', 'created_at'])
    .where('id', 'in', [...chatIds])
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

interface NewChatRow {
  id: string;
  type: ChatType;
  title: string | null;
  description: string | null;
  publicName: string | null;
  ownerId: string | null;
}

export async function insertChat(trx: Trx, chat: NewChatRow): Promise<void> {
  await trx
    .insertInto('chats')
    .values({
      id: chat.id,
      type: chat.type,
      title: chat.title,
      description: chat.description,
      public_name: chat.publicName,
      owner_id: chat.ownerId,
    })
    .execute();
}

/** The id of the pair's chat: the one given if there was none, or the one there is. The row is locked either way. */
export async function claimDirect(trx: Trx, pair: readonly [string, string], chatId: string): Promise<string> {
  const row = await trx
    .insertInto('direct_chats')
    .values({ low_id: pair[0], high_id: pair[1], chat_id: chatId })
    .onConflict((conflict) =>
      conflict.columns(['low_id', 'high_id']).doUpdateSet((eb) => ({ low_id: eb.ref('excluded.low_id') })),
    )
    .returning('chat_id')
    .executeTakeFirstOrThrow();
  return row.chat_id;
}

export async function findDirect(db: Db, pair: readonly [string, string]): Promise<string | undefined> {
  const row = await db
    .selectFrom('direct_chats')
    .select('chat_id')
    .where('low_id', '=', pair[0])
    .where('high_id', '=', pair[1])
    .executeTakeFirst();
  return row?.chat_id;
}

/** False when another chat has the name. */
export async function claimName(trx: Trx, publicName: string, chatId: string): Promise<boolean> {
  const row = await trx
    .insertInto('public_names')
    .values({ name_key: publicName.toLowerCase(), chat_id: chatId })
    .onConflict((conflict) =>
      conflict
        .column('name_key')
        .doUpdateSet((eb) => ({ chat_id: eb.ref('excluded.chat_id') }))
        .whereRef('public_names.chat_id', '=', 'excluded.chat_id'),
    )
    .returning('chat_id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function releaseNames(trx: Trx, chatId: string, except?: string): Promise<void> {
  await trx
    .deleteFrom('public_names')
    .where('chat_id', '=', chatId)
    .where('name_key', '<>', except?.toLowerCase() ?? '')
    .execute();
}

export async function findByName(db: Db, publicName: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('public_names')
    .select('chat_id')
    .where('name_key', '=', publicName.toLowerCase())
    .executeTakeFirst();
  return row?.chat_id;
}

export async function updateChat(trx: Trx, chatId: string, change: ChatChange): Promise<void> {
  const values = {
    ...(change.title === undefined ? {} : { title: change.title }),
    ...(change.description === undefined ? {} : { description: change.description }),
    ...(change.publicName === undefined ? {} : { public_name: change.publicName }),
  };
  if (Object.keys(values).length === 0) return;
  await trx.updateTable('chats').set(values).where('id', '=', chatId).execute();
}

/** The chat is gone for everyone: its pair and its name are free again. */
export async function deleteChat(trx: Trx, chatId: string): Promise<void> {
  await trx.updateTable('chats').set({ deleted_at: new Date(), public_name: null }).where('id', '=', chatId).execute();
  await trx.deleteFrom('direct_chats').where('chat_id', '=', chatId).execute();
  await releaseNames(trx, chatId);
}

/** `mutedUntil: null` unmutes. */
export type FlagChange = Partial<Omit<ChatFlags, 'mutedUntil'>> & { mutedUntil?: string | null };

export async function setFlags(trx: Trx, chatId: string, userId: string, flags: FlagChange) {
  const values = {
    ...(flags.isPinned === undefined ? {} : { is_pinned: flags.isPinned }),
    ...(flags.isFavorite === undefined ? {} : { is_favorite: flags.isFavorite }),
    ...(flags.isArchived === undefined ? {} : { is_archived: flags.isArchived }),
    ...(flags.mutedUntil === undefined ? {} : { muted_until: flags.mutedUntil }),
  };
  return trx
    .updateTable('chat_members')
    .set(values)
    .where('chat_id', '=', chatId)
    .where('user_id', '=', userId)
    .returning(['is_pinned', 'is_favorite', 'is_archived', 'muted_until'])
    .executeTakeFirstOrThrow();
}

export async function setAvatar(trx: Trx, chatId: string, avatarUrl: string | null): Promise<void> {
  await trx.updateTable('chats').set({ avatar_url: avatarUrl }).where('id', '=', chatId).execute();
}
