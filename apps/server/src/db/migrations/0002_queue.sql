-- The queues of the message broker. A change of their count makes a new generation, consumed when the one before is empty.
create table queue_generations (
  generation integer primary key,
  partition_count integer not null check (partition_count between 1 and 256),
  created_at timestamptz not null default now()
);

-- `fence` is renewed by whoever takes a partition over: a worker with an older one may store no more.
create table queue_partitions (
  generation integer not null references queue_generations (generation) on delete cascade,
  partition integer not null,
  fence bigint not null default 0,
  drained_at timestamptz,
  primary key (generation, partition)
) with (fillfactor = 50);

-- How old the oldest message is that each worker holds. It says nothing after a crash, so it need not survive one.
create unlogged table queue_lags (
  worker_id uuid primary key,
  lag_ms integer not null,
  reported_at timestamptz not null
);
