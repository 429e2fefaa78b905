import type { DurableEventName } from '@parley/contract';
import { type RawBuilder, sql } from 'kysely';
import { plainArray } from '../db/arrays.ts';
import type { Trx } from '../db/schema.ts';
import { type Head, lockHeads, savingHeads } from './heads.ts';
import { topicKey } from './topics.ts';

/** One entry of a log: ids and numbers only. Names and texts are looked up when it is told. */
export interface LogEntry {
  topic: string;
  name: DurableEventName;
  facts: Record<string, unknown>;
  /** The user who did it. */
  actorId?: string | undefined;
}

export interface LoggedEntry extends LogEntry {
  offset: number;
}

/** An entry that also takes the next place among the chat's messages; `store` writes the message. */
export interface NumberedEntry extends LogEntry {
  store?: (trx: Trx, head: Readonly<Head>) => Promise<void>;
}

/** Appends in the given order. Locks the heads, so it is called last in a transaction. */
export async function append(trx: Trx, entries: readonly NumberedEntry[]): Promise<LoggedEntry[]> {
  if (entries.length === 0) return [];
  const heads = await lockHeads(
    trx,
    entries.map((entry) => entry.topic),
  );
  const logged: LoggedEntry[] = [];
  for (const { store, ...entry } of entries) {
    const head = heads.get(entry.topic);
    if (head === undefined) throw new Error(`${entry.topic} has no head`);
    head.offset += 1;
    if (store) {
      head.sequence += 1;
      await store(trx, head);
    }
    logged.push({ ...entry, offset: head.offset });
  }
  await insertingEntries(logged).execute(trx);
  await savingHeads([...heads.values()]).execute(trx);
  return logged;
}

/** The statement that writes entries: run alone, or as part of a larger one. */
export function insertingEntries(entries: readonly LoggedEntry[]): RawBuilder<unknown> {
  const keys = entries.map((entry) => topicKey(entry.topic));
  return sql`
    insert into topic_log (owner_id, kind, log_offset, name, facts, actor_id)
    select * from unnest(
      ${plainArray(keys.map((key) => key?.ownerId))}::uuid[], ${plainArray(keys.map((key) => key?.kind))}::text[],
      ${plainArray(entries.map((entry) => entry.offset))}::bigint[], ${plainArray(entries.map((entry) => entry.name))}::text[],
      ${entries.map((entry) => JSON.stringify(entry.facts))}::jsonb[], ${plainArray(entries.map((entry) => entry.actorId))}::uuid[]
    )`;
}
