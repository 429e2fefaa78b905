import type { DurableEventName } from '@parley/contract';
import type { HubEvent, TopicLog } from '@parley/realtime';
import { sql } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';
import { append, type LoggedEntry, type NumberedEntry } from './append.ts';
import { lockHeads, readEpoch, readHeads } from './heads.ts';
import { type Renderers, render } from './render.ts';
import { topicKey } from './topics.ts';

/** Notes an event to be logged when the work of the transaction is done, and told after its commit. */
export type Tell = (entry: NumberedEntry) => void;

export interface Log extends TopicLog {
  /** The epoch as last read; kept fresh by the hub's sweeps. */
  epoch(): string;
  /**
   * Runs `work` in a transaction, appends what it tells in that same transaction, and publishes after the commit.
   * A crash in between loses nothing: hubs compare themselves with the heads.
   * The heads are locked last and so held shortest; `lockFirst` names topics whose heads `work` needs to hold from the start
   * (it then tells no others: heads are locked in one go, in key order).
   */
  write<T>(work: (trx: Trx, tell: Tell) => Promise<T>, options?: WriteOptions): Promise<T>;
}

interface WriteOptions {
  /** The connection it came by. */
  origin?: string | undefined;
  lockFirst?: readonly string[];
}

interface Options {
  db: Db;
  renderers: Renderers;
  publish(event: HubEvent): void;
  onError(error: unknown, what: string): void;
}

interface EntryRow {
  last_offset: number;
  log_offset: number | null;
  name: DurableEventName;
  facts: Record<string, unknown>;
  actor_id: string | null;
}

export async function createLog({ db, renderers, publish, onError }: Options): Promise<Log> {
  let epoch = await readEpoch(db);

  async function announce(entries: readonly LoggedEntry[], origin: string | undefined): Promise<void> {
    try {
      for (const event of await render(db, renderers, epoch, entries))
        publish(origin === undefined ? event : { ...event, origin });
    } catch (error) {
      onError(error, 'an event was committed but not published; hubs will find it in the log');
    }
  }

  return {
    epoch: () => epoch,

    async heads(topics) {
      const [now, heads] = await Promise.all([readEpoch(db), readHeads(db, topics)]);
      epoch = now;
      return { epoch, offsets: new Map(topics.map((topic) => [topic, heads.get(topic)?.offset ?? 0])) };
    },

    async read(topic, after, limit) {
      const { head, entries } = await readEntries(db, topic, after, limit);
      const first = entries[0]?.offset;
      const gone = first === undefined ? head > after : first > after + 1;
      const events = await render(db, renderers, epoch, entries);
      return { events, gone, scannedTo: entries.at(-1)?.offset ?? after };
    },

    async write(work, options) {
      const told: NumberedEntry[] = [];
      const { result, logged } = await db.transaction().execute(async (trx) => {
        if (options?.lockFirst) await lockHeads(trx, options.lockFirst);
        return { result: await work(trx, (entry) => told.push(entry)), logged: await append(trx, told) };
      });
      await announce(logged, options?.origin);
      return result;
    },
  };
}

/** Head and entries in one snapshot, so that a head further on than the entries means that entries are gone. */
async function readEntries(
  db: Db,
  topic: string,
  after: number,
  limit: number,
): Promise<{ head: number; entries: LoggedEntry[] }> {
  const key = topicKey(topic);
  if (key === undefined) return { head: 0, entries: [] };
  const { rows } = await sql<EntryRow>`
    select h.last_offset, l.log_offset, l.name, l.facts, l.actor_id
    from topic_heads h
    left join lateral (
      select log_offset, name, facts, actor_id from topic_log
      where owner_id = h.owner_id and kind = h.kind and log_offset > ${after}
      order by log_offset limit ${limit}
    ) l on true
    where h.owner_id = ${key.ownerId} and h.kind = ${key.kind}`.execute(db);
  const entries = rows.flatMap((row) =>
    row.log_offset === null
      ? []
      : [{ topic, name: row.name, facts: row.facts, offset: row.log_offset, actorId: row.actor_id ?? undefined }],
  );
  return { head: rows[0]?.last_offset ?? 0, entries: entries.sort((a, b) => a.offset - b.offset) };
}
