import type { Chat, ChatFacts, ChatType, Draft, Role, User } from '@parley/contract';
import { type MessageRow, toMessage } from '../messages/row.ts';

export interface FactsRow {
  id: string;
  type: ChatType;
  title: string | null;
  description: string | null;
  public_name: string | null;
  avatar_url: string | null;
  member_count: number;
  created_at: Date;
}

/** A chat with one member's view of it, as one statement reads it. Columns of the last message are null when there is none. */
export type ChatRow = FactsRow & {
  role: Role;
  participant_id: string;
  is_pinned: boolean;
  is_favorite: boolean;
  is_archived: boolean;
  muted_until: Date | null;
  read_sequence: number;
  read_count: number;
  last_offset: number;
  last_sequence: number;
  total_count: number;
  is_last_read: boolean;
  waiting_count: number;
  unread_mentions: number[] | null;
  draft_content: string | null;
  draft_reply_to_id: string | null;
  draft_updated_at: Date | null;
  activity: Date;
  peer_id: string | null;
  peer_username: string | null;
  peer_display_name: string | null;
  peer_bio: string | null;
  peer_avatar_url: string | null;
  peer_is_blocked: boolean;
  last_message:
    | (Omit<MessageRow, 'sent_at' | 'edited_at' | 'deleted_at'> &
        Record<'sent_at' | 'edited_at' | 'deleted_at', string | null>)
    | null;
};

const given = <K extends string, V>(key: K, value: V | null): { [P in K]?: V } =>
  (value === null ? {} : { [key]: value }) as { [P in K]?: V };

export function toFacts(row: FactsRow): ChatFacts {
  return {
    id: row.id,
    type: row.type,
    ...given('title', row.title),
    ...given('description', row.description),
    ...given('publicName', row.public_name),
    ...given('avatarUrl', row.avatar_url),
    memberCount: row.member_count,
    createdAt: row.created_at.toISOString(),
  };
}

/** The last message comes as JSON, with its times as text. */
export function lastMessageOf(row: ChatRow): MessageRow | undefined {
  const last = row.last_message;
  if (last === null) return undefined;
  const time = (text: string | null) => (text === null ? null : new Date(text));
  return {
    ...last,
    sent_at: new Date(last.sent_at ?? 0),
    edited_at: time(last.edited_at),
    deleted_at: time(last.deleted_at),
  };
}

function draftOf(row: ChatRow): { draft?: Draft } {
  if (row.draft_content === null || row.draft_updated_at === null) return {};
  const draft = { content: row.draft_content, updatedAt: row.draft_updated_at.toISOString() };
  return { draft: { ...draft, ...given('replyToMessageId', row.draft_reply_to_id) } };
}

export function toPeer(row: ChatRow): User | undefined {
  if (row.peer_id === null) return undefined;
  return {
    id: row.peer_id,
    username: row.peer_username ?? '',
    displayName: row.peer_display_name ?? '',
    ...given('bio', row.peer_bio),
    ...given('avatarUrl', row.peer_avatar_url),
    ...(row.peer_is_blocked ? { isBlocked: true as const } : {}),
  };
}

export function toChat(row: ChatRow, epoch: string): Omit<Chat, 'participants' | 'peer'> {
  const last = lastMessageOf(row);
  return {
    ...toFacts(row),
    ...(last ? { lastMessage: toMessage(last, last.sender_id === row.participant_id) } : {}),
    ...(row.is_last_read ? { isLastMessageRead: true } : {}),
    lastSequence: row.last_sequence,
    messageCount: row.total_count,
    readSequence: row.read_sequence,
    readCount: row.read_count,
    unreadCount: Math.max(0, row.total_count - row.read_count),
    unreadMentions: row.unread_mentions?.length ?? 0,
    ...given('unreadMentionSequences', row.unread_mentions),
    myRole: row.role,
    myParticipantId: row.participant_id,
    isPinned: row.is_pinned,
    isFavorite: row.is_favorite,
    isArchived: row.is_archived,
    ...(row.muted_until ? { mutedUntil: row.muted_until.toISOString() } : {}),
    ...draftOf(row),
    ...(row.waiting_count > 0 ? { joinRequestCount: row.waiting_count } : {}),
    position: { epoch, offset: row.last_offset },
  };
}
