import { type AppError, chatTopic, type ErrorCode, userTopic } from '@parley/contract';
import type { HubEvent } from '@parley/realtime';
import type { Pipeline, Session } from '../../db/pipeline.ts';
import type { Db } from '../../db/schema.ts';
import type { LoggedEntry } from '../../log/append.ts';
import { type Head, lockHeadsPiped, readHeads } from '../../log/heads.ts';
import type { Log } from '../../log/log.ts';
import { toHubEvent } from '../../log/render.ts';
import { isDataFault } from './data-fault.ts';
import { tellMessage } from './events.ts';
import type { GiveUp, Guard, Outcome, SendCommand, StoreBatch } from './queue.ts';
import type { MessageRow } from './row.ts';
import { messagesById } from './store.ts';
import { storeTogether } from './together.ts';
import { findKnown, findLiveChats, type NewRow, storeRows } from './worker-store.ts';

interface Options {
  db: Db;
  pipeline: Pipeline;
  log: Pick<Log, 'epoch' | 'write'>;
  publish(event: HubEvent): void;
  /** How often a message that the database refuses is tried again before it is given up. */
  maxRetries: number;
  /** Keeps it for people to look at; if that fails, the batch is not done. */
  giveUp: GiveUp;
  onRetry?(): void;
}

interface Stored {
  outcomes: Map<string, Outcome>;
  rows: readonly NewRow[];
  /** One for each row. */
  entries: readonly LoggedEntry[];
}

const retryPauseMs = 10;

/**
 * Stores batches: one transaction numbers the messages, inserts them, appends the log and moves the heads; after its commit the
 * events go out. Partitions share it while others are under way. What is known already is neither stored nor told again. A message
 * that can never be stored is found by halving the batch, tried a few times alone, given up, and its sender is told; it takes
 * nobody with it.
 */
export function createStoreBatch({ db, pipeline, log, publish, maxRetries, giveUp, onRetry }: Options): StoreBatch {
  const tryTogether = storeTogether(tryStore);

  async function store(
    commands: readonly SendCommand[],
    guard?: Guard,
    attempt: StoreBatch = tryStore,
  ): Promise<Map<string, Outcome>> {
    try {
      return await attempt(commands, guard);
    } catch (error) {
      if (!isDataFault(error)) throw error;
      return commands.length === 1 ? retry(commands[0]!, error, guard) : halve(commands, guard);
    }
  }

  async function tryStore(commands: readonly SendCommand[], guard?: Guard): Promise<Map<string, Outcome>> {
    const { outcomes, rows, entries } = await pipeline.transaction((session) => storeIn(session, commands, guard));
    for (const event of await toEvents(db, rows, entries, log.epoch())) publish(event);
    for (const [id, outcome] of outcomes)
      if (outcome.kind === 'discarded') await tellFailure(find(commands, id), outcome.code);
    return outcomes;
  }

  async function halve(commands: readonly SendCommand[], guard?: Guard): Promise<Map<string, Outcome>> {
    const middle = Math.ceil(commands.length / 2);
    const first = await store(commands.slice(0, middle), guard);
    const second = await store(commands.slice(middle), guard);
    return new Map([...first, ...second]);
  }

  async function retry(command: SendCommand, fault: unknown, guard?: Guard): Promise<Map<string, Outcome>> {
    let last = fault;
    for (let attempt = 0; attempt < maxRetries; attempt += 1) {
      await pause(retryPauseMs * 2 ** Math.min(attempt, 5));
      onRetry?.();
      try {
        return await tryStore([command], guard);
      } catch (error) {
        if (!isDataFault(error)) throw error;
        last = error;
      }
    }
    return discard(command, last);
  }

  async function discard(command: SendCommand, error: unknown): Promise<Map<string, Outcome>> {
    await giveUp(command, error);
    const code: ErrorCode = 'validation_error';
    await tellFailure(command, code);
    return new Map([[command.id, { kind: 'discarded', code }]]);
  }

  /** A person who is gone is not told: that would hold up everyone behind. */
  async function tellFailure(command: SendCommand, code: AppError['code']): Promise<void> {
    const { chatId, id, clientMessageId, userId } = command;
    const topic = userTopic(userId);
    if (!(await readHeads(db, [topic])).has(topic)) return;
    const facts = { chatId, id, code, ...(clientMessageId === undefined ? {} : { clientMessageId }) };
    await log.write(async (_trx, tell) => tell({ topic, name: 'message.failed', facts, actorId: userId }));
  }

  return (commands, guard) => store(commands, guard, tryTogether);
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const find = (commands: readonly SendCommand[], id: string): SendCommand =>
  commands.find((command) => command.id === id)!;

/**
 * Heads are locked first: whoever numbers messages of a chat does it alone, and sees all that was stored before. What is sent
 * together is run one after the other all the same.
 */
async function storeIn(session: Session, commands: readonly SendCommand[], guard?: Guard): Promise<Stored> {
  const [, heads, known, liveChats] = await Promise.all([
    guard?.(session),
    lockHeadsPiped(
      session,
      commands.map((command) => chatTopic(command.chatId)),
    ),
    findKnown(session, commands),
    findLiveChats(session, commands),
  ]);
  const outcomes = new Map<string, Outcome>();
  const rows: NewRow[] = [];
  for (const command of commands) {
    if (outcomes.has(command.id)) continue;
    const sequence = known.get(command.id);
    const head = heads.get(chatTopic(command.chatId));
    if (sequence !== undefined) outcomes.set(command.id, { kind: 'stored', sequence });
    else if (head === undefined || !liveChats.has(command.chatId)) {
      outcomes.set(command.id, { kind: 'discarded', code: 'message_discarded' });
    } else {
      rows.push(number(command, head));
      outcomes.set(command.id, { kind: 'stored', sequence: head.sequence });
    }
  }
  const entries = rows.map(toEntry);
  const moved = new Set(rows.map((row) => heads.get(chatTopic(row.command.chatId))!));
  if (rows.length > 0) storeRows(session, rows, entries, [...moved]);
  return { outcomes, rows, entries };
}

function number(command: SendCommand, head: Head): NewRow {
  head.sequence += 1;
  head.messageCount += 1;
  head.offset += 1;
  return { command, sequence: head.sequence, messageCount: head.messageCount, offset: head.offset, sentAt: new Date() };
}

async function toEvents(
  db: Db,
  rows: readonly NewRow[],
  entries: readonly LoggedEntry[],
  epoch: string,
): Promise<HubEvent[]> {
  const found = await readAgain(db, rows);
  return rows.map((row, index) => {
    const event = toHubEvent(entries[index]!, epoch, tellMessage(found.get(row.command.id) ?? toRow(row)));
    return row.command.origin === undefined ? event : { ...event, origin: row.command.origin };
  });
}

const toEntry = (row: NewRow): LoggedEntry => ({
  topic: chatTopic(row.command.chatId),
  name: 'message.new',
  facts: { messageId: row.command.id },
  actorId: row.command.userId,
  offset: row.offset,
});

/** Only answers and files need a look at the database: at what they answer, at how the files are now. */
async function readAgain(db: Db, rows: readonly NewRow[]): Promise<Map<string, MessageRow>> {
  const wanted = rows.filter(({ command }) => command.replyToId !== undefined || command.media?.fileIds !== undefined);
  if (wanted.length === 0) return new Map();
  const ids = wanted.map((row) => ({ chatId: row.command.chatId, messageId: row.command.id }));
  return new Map((await messagesById(db, undefined, ids)).map((row) => [row.id, row]));
}

function toRow({ command, sequence, sentAt }: NewRow): MessageRow {
  return {
    chat_id: command.chatId,
    id: command.id,
    sequence,
    sender_id: command.senderId,
    client_message_id: command.clientMessageId ?? null,
    type: command.type ?? 'text',
    content: command.content,
    media: command.media ?? null,
    attachments: null,
    service: null,
    forwarded_from: command.forwardedFrom ?? null,
    mentions: command.mentions ?? null,
    is_silent: command.isSilent === true,
    sent_at: sentAt,
    edited_at: null,
    deleted_at: null,
    reply_to_id: null,
    reply_sender_id: null,
    reply_type: null,
    reply_sequence: null,
    reply_content: null,
  };
}
