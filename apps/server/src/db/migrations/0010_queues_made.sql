-- Since when the queue of a partition outlives a crash of the broker. Before that nobody sends to it. Those that were in use are.
alter table queue_partitions add column made_at timestamptz;
update queue_partitions set made_at = now();
