-- The processes that run on this database, each with a lease. It says nothing after a crash of the database, so it need
-- not survive one.
create unlogged table instances (
  id uuid primary key,
  name text not null,
  role text not null,
  parts jsonb not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);
