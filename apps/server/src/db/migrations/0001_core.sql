-- The identity of this database. A restore renews it, and with it the epoch of every topic.
create table database_identity (
  is_only boolean primary key default true check (is_only),
  id text not null
);
insert into database_identity (id) values (substr(replace(gen_random_uuid()::text, '-', ''), 1, 16));

create table users (
  id uuid primary key,
  username text not null,
  username_key text not null unique,
  email text not null,
  email_key text not null unique,
  display_name text not null,
  bio text,
  avatar_url text,
  password_hash text not null,
  is_admin boolean not null default false,
  settings jsonb not null default '{}',
  last_seen_at timestamptz,
  blocked_at timestamptz,
  created_at timestamptz not null default now()
);
create index users_username_prefix on users (username_key text_pattern_ops);
create index users_name_prefix on users (lower(display_name) text_pattern_ops);

create table sessions (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  token_hash bytea not null unique,
  user_agent text,
  address text,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_of_user on sessions (user_id) where ended_at is null;
create index sessions_ended on sessions (ended_at) where ended_at is not null;

-- Refresh tokens of a session. A used one is kept, so that its reuse is noticed.
create table refresh_tokens (
  token_hash bytea primary key,
  session_id uuid not null references sessions (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  successor_hash bytea
);
create index refresh_tokens_of_session on refresh_tokens (session_id);

-- Topics: where each stands. `owner_id` is the chat or the person; it is the distribution key.
create table topic_heads (
  owner_id uuid not null,
  kind text not null,
  last_offset bigint not null default 0,
  last_sequence bigint not null default 0,
  message_count bigint not null default 0,
  primary key (owner_id, kind)
) with (fillfactor = 50);

-- What happened, as facts: ids, never names or rendered texts.
create table topic_log (
  owner_id uuid not null,
  kind text not null,
  log_offset bigint not null,
  name text not null,
  facts jsonb not null,
  actor_id uuid,
  created_at timestamptz not null default now(),
  primary key (owner_id, kind, log_offset, created_at)
) partition by range (created_at);
create table topic_log_default partition of topic_log default;

create table chats (
  id uuid primary key,
  type text not null check (type in ('direct', 'group', 'channel')),
  title text,
  description text,
  public_name text,
  avatar_url text,
  owner_id uuid,
  member_count integer not null default 0,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);

-- One direct chat per pair (`low_id` < `high_id`, equal for Saved Messages).
create table direct_chats (
  low_id uuid not null,
  high_id uuid not null,
  chat_id uuid not null,
  primary key (low_id, high_id)
);

create table public_names (
  name_key text primary key,
  chat_id uuid not null
);

-- Former members stay, so that their messages keep a name.
create table chat_members (
  chat_id uuid not null,
  user_id uuid not null,
  participant_id uuid not null,
  role text not null check (role in ('owner', 'admin', 'member')),
  joined_at timestamptz not null default now(),
  left_at timestamptz,
  is_pinned boolean not null default false,
  is_favorite boolean not null default false,
  is_archived boolean not null default false,
  muted_until timestamptz,
  primary key (chat_id, user_id),
  unique (chat_id, participant_id)
) with (fillfactor = 80);
create index chat_members_of_user on chat_members (user_id) where left_at is null;

-- How far each member has read. Apart from chat_members, so that a worker that stores messages and a change of members never
-- wait for each other's rows.
create table read_cursors (
  chat_id uuid not null,
  user_id uuid not null,
  sequence bigint not null default 0,
  message_count bigint not null default 0,
  read_at timestamptz,
  primary key (chat_id, user_id)
) with (fillfactor = 70);

create table messages (
  chat_id uuid not null,
  id uuid not null,
  sequence bigint not null,
  -- How many messages that count as unread there were with this one.
  message_count bigint not null,
  sender_id uuid not null,
  client_message_id text,
  type text not null,
  content text not null,
  reply_to_id uuid,
  service jsonb,
  is_silent boolean not null default false,
  sent_at timestamptz not null,
  edited_at timestamptz,
  deleted_at timestamptz,
  primary key (chat_id, sequence),
  unique (chat_id, id),
  unique (chat_id, sender_id, client_message_id)
) partition by hash (chat_id);
create table messages_0 partition of messages for values with (modulus 8, remainder 0);
create table messages_1 partition of messages for values with (modulus 8, remainder 1);
create table messages_2 partition of messages for values with (modulus 8, remainder 2);
create table messages_3 partition of messages for values with (modulus 8, remainder 3);
create table messages_4 partition of messages for values with (modulus 8, remainder 4);
create table messages_5 partition of messages for values with (modulus 8, remainder 5);
create table messages_6 partition of messages for values with (modulus 8, remainder 6);
create table messages_7 partition of messages for values with (modulus 8, remainder 7);

create table message_versions (
  chat_id uuid not null,
  message_id uuid not null,
  version integer not null,
  content text not null,
  written_at timestamptz not null,
  primary key (chat_id, message_id, version)
);

-- Messages one person deleted for themself.
create table hidden_messages (
  chat_id uuid not null,
  user_id uuid not null,
  message_id uuid not null,
  hidden_at timestamptz not null default now(),
  primary key (chat_id, user_id, message_id)
);

insert into topic_heads (owner_id, kind) values ('00000000-0000-0000-0000-000000000000', 'system:sessions');
