import type { FileStatus, ForwardedFrom, ServiceAction } from '@parley/contract';
import type { ColumnType, Generated, Kysely, Transaction } from 'kysely';

type At = ColumnType<Date, Date | string | undefined, Date | string>;
type MaybeAt = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type Json<T> = ColumnType<T, string, string>;

/** What a message is besides its text, as it is stored. */
export interface MessageMedia {
  fileIds?: readonly string[];
  stickerId?: string;
  durationSeconds?: number;
  waveform?: readonly number[];
}

export interface Database {
  database_identity: { is_only: Generated<boolean>; id: string };
  users: {
    id: string;
    username: string;
    username_key: string;
    email: string;
    email_key: string;
    display_name: string;
    bio: string | null;
    avatar_url: string | null;
    password_hash: string;
    is_admin: Generated<boolean>;
    settings: ColumnType<Record<string, unknown>, string | undefined, string>;
    last_seen_at: MaybeAt;
    blocked_at: MaybeAt;
    created_at: At;
  };
  sessions: {
    id: string;
    user_id: string;
    token_hash: Buffer;
    user_agent: string | null;
    address: string | null;
    created_at: At;
    last_used_at: At;
    expires_at: At;
    ended_at: MaybeAt;
  };
  refresh_tokens: {
    token_hash: Buffer;
    session_id: string;
    created_at: At;
    expires_at: At;
    used_at: MaybeAt;
    successor_hash: Buffer | null;
  };
  totp_factors: {
    user_id: string;
    secret: Buffer;
    last_step: Generated<number>;
    created_at: At;
    confirmed_at: MaybeAt;
  };
  recovery_codes: { user_id: string; code_hash: Buffer };
  passkeys: {
    id: string;
    user_id: string;
    credential_id: string;
    public_key: Buffer;
    counter: number;
    transports: string[];
    name: string;
    created_at: At;
    last_used_at: MaybeAt;
  };
  passkey_challenges: { challenge: string; user_id: string | null; expires_at: At };
  topic_heads: {
    owner_id: string;
    kind: string;
    last_offset: Generated<number>;
    last_sequence: Generated<number>;
    message_count: Generated<number>;
    told_sequence: Generated<number>;
  };
  topic_log: {
    owner_id: string;
    kind: string;
    log_offset: number;
    name: string;
    facts: Json<Record<string, unknown>>;
    actor_id: string | null;
    created_at: At;
  };
  chats: {
    id: string;
    type: 'direct' | 'group' | 'channel';
    title: string | null;
    description: string | null;
    public_name: string | null;
    avatar_url: string | null;
    owner_id: string | null;
    member_count: Generated<number>;
    created_at: At;
    deleted_at: MaybeAt;
  };
  direct_chats: { low_id: string; high_id: string; chat_id: string };
  public_names: { name_key: string; chat_id: string };
  chat_members: {
    chat_id: string;
    user_id: string;
    participant_id: string;
    role: 'owner' | 'admin' | 'member';
    joined_at: At;
    left_at: MaybeAt;
    is_pinned: Generated<boolean>;
    is_favorite: Generated<boolean>;
    is_archived: Generated<boolean>;
    muted_until: MaybeAt;
    removed_at: MaybeAt;
  };
  invites: {
    chat_id: string;
    token: string;
    created_by: string;
    created_at: At;
    expires_at: MaybeAt;
    max_uses: number | null;
    use_count: Generated<number>;
    requires_approval: Generated<boolean>;
    revoked_at: MaybeAt;
  };
  drafts: { chat_id: string; user_id: string; content: string; reply_to_id: string | null; updated_at: At };
  scheduled_messages: {
    chat_id: string;
    id: string;
    user_id: string;
    command: Json<Record<string, unknown>>;
    scheduled_at: At;
    created_at: At;
    failed_code: string | null;
  };
  user_blocks: { user_id: string; blocked_id: string; created_at: At };
  invite_tokens: { token: string; chat_id: string };
  join_requests: { chat_id: string; user_id: string; token: string; requested_at: At };
  read_cursors: {
    chat_id: string;
    user_id: string;
    sequence: Generated<number>;
    message_count: Generated<number>;
    read_at: MaybeAt;
  };
  messages: {
    chat_id: string;
    id: string;
    sequence: number;
    message_count: number;
    sender_id: string;
    client_message_id: string | null;
    type: 'text' | 'file' | 'voice' | 'sticker' | 'poll' | 'system';
    content: string;
    reply_to_id: string | null;
    service: ColumnType<ServiceAction | null, string | null, string | null>;
    media: ColumnType<MessageMedia | null, string | null | undefined, string | null>;
    is_silent: Generated<boolean>;
    forwarded_from: ColumnType<ForwardedFrom | null, string | null | undefined, string | null>;
    mentions: ColumnType<readonly string[] | null, string | null | undefined, string | null>;
    sent_at: At;
    edited_at: MaybeAt;
    deleted_at: MaybeAt;
  };
  mentions: { chat_id: string; participant_id: string; sequence: number };
  message_versions: { chat_id: string; message_id: string; version: number; content: string; written_at: At };
  reactions: { chat_id: string; message_id: string; participant_id: string; emoji: string; reacted_at: At };
  reaction_counts: { chat_id: string; message_id: string; emoji: string; place: number; count: number };
  pinned_messages: { chat_id: string; message_id: string; pinned_by: string; pinned_at: At };
  files: {
    id: string;
    owner_id: string;
    status: FileStatus;
    name: string;
    mime_type: string;
    size: number;
    object_key: string;
    thumbnail_key: string | null;
    width: number | null;
    height: number | null;
    arrives_by: 'parts' | 'direct' | null;
    expires_at: MaybeAt;
    created_at: At;
    unused_since: MaybeAt;
    claimed_until: MaybeAt;
    attempts: Generated<number>;
    is_told: Generated<boolean>;
  };
  file_parts: { file_id: string; first_byte: number; size: number; object_key: string };
  message_files: { chat_id: string; message_id: string; place: number; file_id: string };
  blob_trash: { object_key: string; remove_after: At };
  hidden_messages: { chat_id: string; user_id: string; message_id: string; hidden_at: At };
}

export type Db = Kysely<Database>;
export type Trx = Transaction<Database>;
