-- What a person has begun to write in a chat.
create table drafts (
  chat_id uuid not null,
  user_id uuid not null,
  content text not null,
  reply_to_id uuid,
  updated_at timestamptz not null,
  primary key (chat_id, user_id)
) with (fillfactor = 70);

-- Messages to be sent later, as the queue will be handed them. The id is that of the message; the row goes once the queue has it.
create table scheduled_messages (
  chat_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  command jsonb not null,
  scheduled_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (chat_id, id)
);
create index scheduled_messages_of_person on scheduled_messages (chat_id, user_id, scheduled_at);
create index scheduled_messages_due on scheduled_messages (scheduled_at);
