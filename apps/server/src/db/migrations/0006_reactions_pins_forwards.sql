-- Who left which emoji on a message.
create table reactions (
  chat_id uuid not null,
  message_id uuid not null,
  participant_id uuid not null,
  emoji text not null,
  reacted_at timestamptz not null default now(),
  primary key (chat_id, message_id, participant_id, emoji)
);

-- How many left each, so that a page does not count them. `place` keeps the order in which the kinds came.
create table reaction_counts (
  chat_id uuid not null,
  message_id uuid not null,
  emoji text not null,
  place integer not null,
  count integer not null,
  primary key (chat_id, message_id, emoji)
) with (fillfactor = 70);

-- Messages that are held up for all. What is deleted is taken down.
create table pinned_messages (
  chat_id uuid not null,
  message_id uuid not null,
  pinned_by uuid not null,
  pinned_at timestamptz not null default now(),
  primary key (chat_id, message_id)
);

-- Whose words a forwarded message repeats, as it was when it was forwarded: it outlives the message it came from.
alter table messages add column forwarded_from jsonb;
