-- Search has a table of its own, so that storing messages costs nothing more. It is filled from the log.
create table search_entries (
  entry_id bigint generated always as identity primary key,
  chat_id uuid not null,
  message_id uuid not null,
  sequence bigint not null,
  sender_id uuid not null,
  sent_at timestamptz not null,
  -- The text as it is compared: lower case, without accents.
  body text not null,
  -- Hashes of the parts of its words, each mixed with the number of the segment the entry is in.
  tokens integer[] not null,
  unique (chat_id, message_id)
);
create index search_entries_by_token on search_entries using gin (tokens);
create index search_entries_by_chat on search_entries (chat_id, sequence);

-- How far each chat's log has been read into the table.
create table search_positions (
  chat_id uuid primary key,
  log_offset bigint not null
);
