import type { Message } from '@parley/contract';
import pg from 'pg';
import type { Follower } from '../../instances/followers.ts';
import { historyOf, written } from '../../support/history.ts';
import type { Person } from '../../support/people.ts';
import type { Ledger } from './writers.ts';

export interface Counts {
  sent: number;
  acknowledged: number;
  stored: number;
  /** Taken by all receivers together, of what they should have. */
  delivered: number;
  expected: number;
  doubled: number;
  lost: number;
  outOfOrder: number;
  /** Places of histories and of logs that nothing is at. */
  holes: number;
  /** Stored though nobody sent it, or different in history and log. */
  strange: number;
}

/** A receiver's view of one chat: ids, as they came. */
export type Receiver = Pick<Follower, 'chatId' | 'taken'>;

/** By chat, all there is from its beginning. */
export async function readHistories(person: Person, chatIds: readonly string[]): Promise<Map<string, Message[]>> {
  const histories = new Map<string, Message[]>();
  for (const chatId of chatIds) histories.set(chatId, await historyOf(person, chatId));
  return histories;
}

/** By chat, what its log holds. */
export async function readLogs(url: string, chatIds: readonly string[]): Promise<Map<string, LogRow[]>> {
  const rows = await query<LogRow & { owner_id: string }>(
    url,
    `select owner_id, log_offset::int as "offset", name, facts ->> 'messageId' as "messageId" from topic_log
     where kind = 'chat' and owner_id = any($1::uuid[]) order by log_offset`,
    [chatIds],
  );
  return new Map(chatIds.map((chatId) => [chatId, rows.filter((row) => row.owner_id === chatId)]));
}

/** False also while the database does not answer. */
export async function isStored(url: string, ids: readonly string[]): Promise<boolean> {
  const text = 'select count(*)::int as count from messages where id = any($1::uuid[])';
  return query<{ count: number }>(url, text, [ids]).then(
    ([row]) => row!.count >= ids.length,
    () => false,
  );
}

async function query<T extends object>(url: string, text: string, values: readonly unknown[]): Promise<T[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query<T>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

interface LogRow {
  offset: number;
  name: string;
  messageId: string | null;
}

interface Seen {
  ledgers: readonly Ledger[];
  histories: ReadonlyMap<string, readonly Message[]>;
  logs: ReadonlyMap<string, readonly LogRow[]>;
  receivers: readonly Receiver[];
}

export function compare({ ledgers, histories, logs, receivers }: Seen): Counts {
  const of = (chatId: string): string[] => written(histories.get(chatId) ?? []).map(({ id }) => id);
  const stored = [...histories.keys()].flatMap(of);
  const keys = [...histories.values()].flatMap((all) =>
    all.map((one) => one.clientMessageId).filter((key) => key != null),
  );
  return {
    sent: total(ledgers, ({ sent }) => sent.length),
    acknowledged: total(ledgers, ({ acknowledged }) => acknowledged.length),
    stored: stored.length,
    delivered: total(receivers, ({ taken }) => taken.length),
    expected: total(receivers, ({ chatId }) => of(chatId).length),
    lost:
      total(ledgers, ({ chatId, acknowledged }) => missing(acknowledged, of(chatId))) +
      total(receivers, ({ chatId, taken }) => missing(of(chatId), taken)),
    doubled: repeats(stored) + repeats(keys) + total(receivers, ({ taken }) => repeats(taken)),
    outOfOrder:
      total(ledgers, ({ chatId, acknowledged }) => misplaced(acknowledged, of(chatId))) +
      total(receivers, ({ chatId, taken }) => misplaced(taken, of(chatId))),
    holes:
      total([...histories.values()], (all) => holes(all.map(({ sequence }) => sequence))) +
      total([...logs.values()], (rows) => holes(rows.map(({ offset }) => offset))),
    strange:
      missing(
        stored,
        ledgers.flatMap(({ acknowledged }) => acknowledged),
      ) +
      total([...logs], ([chatId, rows]) =>
        differences(
          toldIn(rows),
          (histories.get(chatId) ?? []).map(({ id }) => id),
        ),
      ),
  };
}

const total = <T>(items: readonly T[], count: (item: T) => number): number =>
  items.reduce((sum, item) => sum + count(item), 0);

const repeats = (items: readonly unknown[]): number => items.length - new Set(items).size;

function missing(wanted: readonly string[], had: readonly string[]): number {
  const known = new Set(had);
  return wanted.filter((id) => !known.has(id)).length;
}

/** How many come before one that should be behind them. */
function misplaced(taken: readonly string[], order: readonly string[]): number {
  const places = new Map(order.map((id, place) => [id, place]));
  const found = taken.map((id) => places.get(id)).filter((place) => place !== undefined);
  return found.filter((place, index) => index > 0 && place < found[index - 1]!).length;
}

/** From 1 on, each number once. */
const holes = (numbers: readonly number[]): number => numbers.filter((number, index) => number !== index + 1).length;

const toldIn = (rows: readonly LogRow[]): string[] =>
  rows.filter(({ name, messageId }) => name === 'message.new' && messageId !== null).map(({ messageId }) => messageId!);

const differences = (one: readonly string[], other: readonly string[]): number =>
  one.length === other.length
    ? one.filter((id, index) => id !== other[index]).length
    : Math.abs(one.length - other.length);
