-- Links into chats. A revoked one stays, so that whoever follows it is told that it is gone.
create table invites (
  chat_id uuid not null,
  token text not null,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  max_uses integer,
  -- Those who wait for approval included: they hold a place.
  use_count integer not null default 0,
  requires_approval boolean not null default false,
  revoked_at timestamptz,
  primary key (chat_id, token)
) with (fillfactor = 80);

-- Where a token leads.
create table invite_tokens (
  token text primary key,
  chat_id uuid not null
);

-- Who waits to be let in, by which link.
create table join_requests (
  chat_id uuid not null,
  user_id uuid not null,
  token text not null,
  requested_at timestamptz not null,
  primary key (chat_id, user_id)
);
create index join_requests_in_order on join_requests (chat_id, requested_at);

-- When an admin removed them: they come back by approval only.
alter table chat_members add column removed_at timestamptz;

-- Whom a person does not want to hear from.
create table user_blocks (
  user_id uuid not null references users (id) on delete cascade,
  blocked_id uuid not null references users (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (user_id, blocked_id)
);
create index user_blocks_of_blocked on user_blocks (blocked_id);
