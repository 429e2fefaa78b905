import { type Kysely, sql } from 'kysely';
import type { Session } from '../../../db/pipeline.ts';
import type { Database, Db } from '../../../db/schema.ts';
import type { CommandKey } from '../../../modules/messages/queue.ts';

/** One set of queues. A chat's messages move from one to the next only when the earlier set is empty. */
export interface Generation {
  generation: number;
  partitionCount: number;
  /** Everything that ever was in it is stored. */
  isDrained: boolean;
}

/** Thrown by a guard: another worker has taken the partition over. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
  constructor(partition: number) {
    super(`another worker stores partition ${partition} now`);
  }
}

/** The partition count that is set is not the one that the queues have. */
export class WrongPartitionCount extends Error {
  override readonly name = 'WrongPartitionCount';
  constructor(wanted: number, actual: number) {
    super(
      `RABBITMQ_CHAT_PARTITION_COUNT is ${wanted}, but the queues have ${actual} partitions. ` +
        `Run "npm run partitions -- ${wanted}" while everything goes on, or set it to ${actual}.`,
    );
  }
}

export type Ledger = ReturnType<typeof createLedger>;

const lockKey = 7_305_231_003;
/** What a worker reported longer ago than this says nothing any more. */
const reportLifeSeconds = 5;

/** What PostgreSQL knows of the queues: how many there are, who may empty which, and how late they are. */
export function createLedger(db: Db) {
  return {
    /** Oldest first. */
    async generations(): Promise<Generation[]> {
      return readGenerations(db);
    },

    /**
     * The newest generation; the first is made here. `wanted` must be its partition count.
     */
    async agree(wanted: number | undefined, whenNew: number): Promise<Generation> {
      await sql`
        with made as (
          insert into queue_generations (generation, partition_count)
          select 1, ${wanted ?? whenNew} where not exists (select from queue_generations)
          on conflict do nothing
          returning generation, partition_count
        )
        insert into queue_partitions (generation, partition)
        select generation, generate_series(0, partition_count - 1) from made`.execute(db);
      const newest = (await readGenerations(db)).at(-1)!;
      if (wanted !== undefined && wanted !== newest.partitionCount) {
        throw new WrongPartitionCount(wanted, newest.partitionCount);
      }
      return newest;
    },

    /** Adds a generation with a new partition count. */
    async addGeneration(partitionCount: number): Promise<Generation> {
      const { rows } = await sql<{ generation: number }>`
        with made as (
          insert into queue_generations (generation, partition_count)
          select coalesce(max(generation), 0) + 1, ${partitionCount} from queue_generations
          returning generation, partition_count
        ), parts as (
          insert into queue_partitions (generation, partition)
          select generation, generate_series(0, partition_count - 1) from made
        )
        select generation from made`.execute(db);
      return { generation: rows[0]!.generation, partitionCount, isDrained: false };
    },

    /** Partitions whose queue is not known to outlive a crash of the broker. Nobody sends to them. */
    async unmade(generation: number): Promise<number[]> {
      const { rows } = await sql<{ partition: number }>`
        select partition from queue_partitions
        where generation = ${generation} and made_at is null order by partition`.execute(db);
      return rows.map((row) => row.partition);
    },

    async setMade(generation: number, partitions: readonly number[], isMade: boolean): Promise<void> {
      await sql`
        update queue_partitions set made_at = case when ${isMade}::boolean then now() end
        where generation = ${generation} and partition = any (${partitions}::integer[])`.execute(db);
    },

    async removeGeneration(generation: number): Promise<void> {
      await sql`delete from queue_generations where generation = ${generation}`.execute(db);
    },

    /** Takes a partition over: no transaction of an earlier owner commits after this returned. */
    async claim(generation: number, partition: number): Promise<number> {
      const { rows } = await sql<{ fence: number }>`
        update queue_partitions set fence = fence + 1
        where generation = ${generation} and partition = ${partition} returning fence`.execute(db);
      if (rows[0] === undefined) throw new Fenced(partition);
      return rows[0].fence;
    },

    /** Holds the claim for as long as the transaction lasts. */
    async guard(session: Session, generation: number, partition: number, fence: number): Promise<void> {
      const held = sql`
        select 1 from queue_partitions
        where generation = ${generation} and partition = ${partition} and fence = ${fence} for share`;
      if ((await session.run('guard_partition', held)).length === 0) throw new Fenced(partition);
    },

    async markDrained(generation: number, partition: number): Promise<void> {
      await sql`
        update queue_partitions set drained_at = coalesce(drained_at, now())
        where generation = ${generation} and partition = ${partition}`.execute(db);
    },

    /** One process at a time changes which queues the exchange leads to; those who only repeat it wait for that one. */
    async whileLocked<T>(mode: 'shared' | 'exclusive', work: () => Promise<T>): Promise<T> {
      return db.connection().execute(async (session) => {
        await lock(session, mode);
        try {
          return await work();
        } finally {
          const shared = sql`select pg_advisory_unlock_shared(${sql.lit(lockKey)})`;
          await (mode === 'shared' ? shared : sql`select pg_advisory_unlock(${sql.lit(lockKey)})`).execute(session);
        }
      });
    },

    /** The sequences of those that are stored. */
    async find(commands: readonly CommandKey[]): Promise<Map<string, number>> {
      const { rows } = await sql<{ id: string; sequence: number }>`
        select m.id, m.sequence
        from unnest(${commands.map((one) => one.chatId)}::uuid[], ${commands.map((one) => one.id)}::uuid[]) as w (chat_id, id)
        join messages m on m.chat_id = w.chat_id and m.id = w.id`.execute(db);
      return new Map(rows.map((row) => [row.id, row.sequence]));
    },

    async reportLag(workerId: string, lagMs: number): Promise<void> {
      await sql`
        insert into queue_lags (worker_id, lag_ms, reported_at) values (${workerId}::uuid, ${Math.round(lagMs)}, now())
        on conflict (worker_id) do update set lag_ms = excluded.lag_ms, reported_at = excluded.reported_at`.execute(db);
    },

    /** How many workers are alive, as far as they reported. */
    async workers(): Promise<number> {
      const { rows } = await sql<{ workers: number }>`
        select count(*) as workers from queue_lags
        where reported_at > now() - make_interval(secs => ${reportLifeSeconds})`.execute(db);
      return rows[0]?.workers ?? 0;
    },

    async forgetLag(workerId: string): Promise<void> {
      await sql`
        delete from queue_lags where worker_id = ${workerId}::uuid or reported_at < now() - interval '1 day'`.execute(
        db,
      );
    },

    /** The longest of the living workers, in ms. */
    async lag(): Promise<number> {
      const { rows } = await sql<{ lag: number | null }>`
        select max(lag_ms) as lag from queue_lags
        where reported_at > now() - make_interval(secs => ${reportLifeSeconds})`.execute(db);
      return rows[0]?.lag ?? 0;
    },
  };
}

async function readGenerations(db: Db): Promise<Generation[]> {
  const { rows } = await sql<{ generation: number; partition_count: number; is_drained: boolean }>`
    select g.generation, g.partition_count, bool_and(p.drained_at is not null) as is_drained
    from queue_generations g join queue_partitions p using (generation)
    group by g.generation order by g.generation`.execute(db);
  return rows.map((row) => ({
    generation: row.generation,
    partitionCount: row.partition_count,
    isDrained: row.is_drained,
  }));
}

/** A change takes seconds; whoever waits for it must not give up at the usual limit. */
async function lock(session: Kysely<Database>, mode: 'shared' | 'exclusive'): Promise<void> {
  await sql`set lock_timeout = '60s'`.execute(session);
  try {
    const shared = sql`select pg_advisory_lock_shared(${sql.lit(lockKey)})`;
    await (mode === 'shared' ? shared : sql`select pg_advisory_lock(${sql.lit(lockKey)})`).execute(session);
  } finally {
    await sql`reset lock_timeout`.execute(session);
  }
}
