import { sql } from 'kysely';
import type { Db } from '../db/schema.ts';

const day = 86_400_000;
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const partitionOf = (date: string): string => `topic_log_${date.replaceAll('-', '')}`;

/** Keeps a partition of the log for each day: makes those of the coming days, drops those past `keepDays`. */
export async function rotateLog(
  db: Db,
  keepDays: number,
  now = Date.now(),
): Promise<{ made: string[]; dropped: string[] }> {
  return db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(7305231002)`.execute(trx);
    const { rows } = await sql<{ name: string }>`
      select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'topic_log'::regclass and c.relname ~ '^topic_log_[0-9]{8}$'`.execute(trx);
    const present = new Set(rows.map((row) => row.name));
    const made = await makeDays(trx, present, now);
    const oldest = partitionOf(dayOf(now - keepDays * day));
    const dropped = [...present].filter((name) => name < oldest);
    for (const name of dropped) await sql`drop table ${sql.table(name)}`.execute(trx);
    await sql`delete from topic_log_default where created_at < ${new Date(now - keepDays * day)}`.execute(trx);
    return { made, dropped };
  });
}

/** The default partition takes what comes before its day has a partition of its own, so a missed run loses nothing. */
async function makeDays(trx: Db, present: ReadonlySet<string>, now: number): Promise<string[]> {
  const made: string[] = [];
  for (let ahead = 0; ahead <= 3; ahead += 1) {
    const from = dayOf(now + ahead * day);
    const name = partitionOf(from);
    if (present.has(name) || (await defaultHolds(trx, from))) continue;
    const to = dayOf(now + (ahead + 1) * day);
    await sql`create table ${sql.table(name)} partition of topic_log for values from (${sql.lit(from)}) to (${sql.lit(to)})`.execute(
      trx,
    );
    made.push(name);
  }
  return made;
}

async function defaultHolds(trx: Db, date: string): Promise<boolean> {
  const { rows } = await sql<{ holds: boolean }>`
    select exists (select 1 from topic_log_default where created_at >= ${date}::timestamptz and created_at < ${date}::timestamptz + interval '1 day') as holds`.execute(
    trx,
  );
  return rows[0]?.holds === true;
}
