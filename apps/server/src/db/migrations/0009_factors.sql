-- Codes of an authenticator app (RFC 6238). One that is not confirmed yet does not count.
create table totp_factors (
  user_id uuid primary key references users (id) on delete cascade,
  -- Sealed with a key that is not in the database.
  secret bytea not null,
  -- The time step of the last code that was taken: no code is taken twice.
  last_step bigint not null default 0,
  created_at timestamptz not null,
  confirmed_at timestamptz
);

create table recovery_codes (
  user_id uuid not null references users (id) on delete cascade,
  code_hash bytea not null,
  primary key (user_id, code_hash)
);

create table passkeys (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  -- As the authenticator named it, base64url.
  credential_id text not null unique,
  public_key bytea not null,
  -- Signatures so far, for authenticators that count; 0 for ever for those that do not.
  counter bigint not null,
  transports text[] not null,
  name text not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkeys_of_user on passkeys (user_id);

-- What an authenticator is asked to sign; each answer uses one up.
create table passkey_challenges (
  challenge text primary key,
  -- Of whoever adds a passkey; nobody is known yet who signs in with one.
  user_id uuid references users (id) on delete cascade,
  expires_at timestamptz not null
);
create index passkey_challenges_expiry on passkey_challenges (expires_at);

-- Those who do not tell how far they have read, and so are not told: looked up with every receipt.
create index users_without_receipts on users (id) where not coalesce((settings ->> 'readReceipts')::boolean, true);
