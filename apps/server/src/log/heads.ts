import { type RawBuilder, sql } from 'kysely';
import type { Session } from '../db/pipeline.ts';
import type { Db, Trx } from '../db/schema.ts';
import { type TopicKey, topicKey, topicName } from './topics.ts';

/** Where a topic stands; locked while it is being written to. */
export interface Head {
  topic: string;
  offset: number;
  sequence: number;
  messageCount: number;
}

interface HeadRow {
  owner_id: string;
  kind: string;
  last_offset: number;
  last_sequence: number;
  message_count: number;
}

const toHead = (row: HeadRow): Head => ({
  topic: topicName({ ownerId: row.owner_id, kind: row.kind }),
  offset: row.last_offset,
  sequence: row.last_sequence,
  messageCount: row.message_count,
});

const keysOf = (topics: Iterable<string>): TopicKey[] =>
  [...topics].map(topicKey).filter((key): key is TopicKey => key !== undefined);

/** Makes the head of a new topic; one that exists stays as it is. */
export async function createHead(trx: Trx, topic: string): Promise<void> {
  const key = topicKey(topic);
  if (key === undefined) throw new Error(`${topic} cannot have a log`);
  await trx
    .insertInto('topic_heads')
    .values({ owner_id: key.ownerId, kind: key.kind })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Locks heads in key order, whatever the order asked for: two writers of the same topics cannot deadlock. */
export async function lockHeads(trx: Trx, topics: Iterable<string>): Promise<Map<string, Head>> {
  return readLocked((await lockingHeads(topics).execute(trx)).rows);
}

/** The same on the hot path. */
export async function lockHeadsPiped(session: Session, topics: Iterable<string>): Promise<Map<string, Head>> {
  return readLocked(await session.run('lock_heads', lockingHeads(topics)));
}

const readLocked = (rows: readonly HeadRow[]): Map<string, Head> =>
  new Map(rows.map(toHead).map((head) => [head.topic, head]));

function lockingHeads(topics: Iterable<string>): RawBuilder<HeadRow> {
  const keys = keysOf(new Set(topics));
  return sql<HeadRow>`
    select h.owner_id, h.kind, h.last_offset, h.last_sequence, h.message_count
    from unnest(${keys.map((key) => key.ownerId)}::uuid[], ${keys.map((key) => key.kind)}::text[]) as wanted (owner_id, kind)
    join topic_heads h using (owner_id, kind)
    order by h.owner_id, h.kind
    for no key update of h`;
}

/** The statement that moves heads on: run alone, or as part of a larger one. */
export function savingHeads(heads: readonly Head[]): RawBuilder<unknown> {
  const keys = keysOf(heads.map((head) => head.topic));
  return sql`
    update topic_heads h
    set last_offset = n.last_offset, last_sequence = n.last_sequence, message_count = n.message_count
    from unnest(
      ${keys.map((key) => key.ownerId)}::uuid[], ${keys.map((key) => key.kind)}::text[],
      ${heads.map((head) => head.offset)}::bigint[], ${heads.map((head) => head.sequence)}::bigint[],
      ${heads.map((head) => head.messageCount)}::bigint[]
    ) as n (owner_id, kind, last_offset, last_sequence, message_count)
    where h.owner_id = n.owner_id and h.kind = n.kind`;
}

/** Heads without locking them, in one snapshot. */
export async function readHeads(db: Db, topics: readonly string[]): Promise<Map<string, Head>> {
  const keys = keysOf(topics);
  const { rows } = await sql<HeadRow>`
    select h.owner_id, h.kind, h.last_offset, h.last_sequence, h.message_count
    from unnest(${keys.map((key) => key.ownerId)}::uuid[], ${keys.map((key) => key.kind)}::text[]) as wanted (owner_id, kind)
    join topic_heads h using (owner_id, kind)`.execute(db);
  return new Map(rows.map(toHead).map((head) => [head.topic, head]));
}

/**
 * The epoch of every topic: the random id of the database (a restore renews it) and PostgreSQL's timeline
 * (a promoted standby starts a new one, and may have lost what was last written).
 */
export async function readEpoch(db: Db): Promise<string> {
  const { rows } = await sql<{ id: string; timeline: string }>`
    select id, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline from database_identity`.execute(db);
  const row = rows[0];
  if (row === undefined) throw new Error('the database has no identity');
  return `${row.id}-${Number.parseInt(row.timeline, 16)}`;
}
