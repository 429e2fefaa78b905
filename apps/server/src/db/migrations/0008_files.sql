-- Files that people uploaded. `object_key` is where the bytes are in the store.
create table files (
  id uuid primary key,
  owner_id uuid not null references users (id) on delete cascade,
  status text not null check (status in ('pending', 'processing', 'ready', 'rejected')),
  name text not null,
  mime_type text not null,
  size bigint not null,
  object_key text not null,
  thumbnail_key text,
  width integer,
  height integer,
  -- Where its owner sends the bytes to, while pending; until when.
  arrives_by text check (arrives_by in ('parts', 'direct')),
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  -- Since when nothing is known to use it; null while something does. What nothing uses for a day is removed.
  unused_since timestamptz default now(),
  -- Of the examination: who works on it until when, how often it was tried, whether chats were told of its end.
  claimed_until timestamptz,
  attempts integer not null default 0,
  is_told boolean not null default false
);
create index files_of_owner on files (owner_id);
create index files_unused on files (unused_since) where unused_since is not null;
create index files_by_object on files (object_key);
create index files_by_thumbnail on files (thumbnail_key) where thumbnail_key is not null;
create index files_in_work on files (created_at) where status = 'processing' or not is_told;

-- What has arrived of an upload that comes in parts.
create table file_parts (
  file_id uuid not null references files (id) on delete cascade,
  first_byte bigint not null,
  size bigint not null,
  object_key text not null,
  primary key (file_id, first_byte)
);

-- Which messages carry a file: who may see one of them may have the file.
create table message_files (
  chat_id uuid not null,
  message_id uuid not null,
  place smallint not null,
  file_id uuid not null,
  primary key (chat_id, message_id, place)
);
create index message_files_by_file on message_files (file_id);

-- Objects in the store that nothing names: noted before they are written, struck out with what names them, removed if not.
create table blob_trash (
  object_key text primary key,
  remove_after timestamptz not null
);
create index blob_trash_due on blob_trash (remove_after);

-- Chats that were deleted lately, whose files are to be let go.
create index chats_deleted on chats (deleted_at) where deleted_at is not null;

-- What a message is besides its text: {fileIds, stickerId, durationSeconds, waveform}.
alter table messages add column media jsonb;
