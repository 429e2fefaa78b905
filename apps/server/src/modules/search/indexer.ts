import { topicId } from '@parley/contract';
import type { Bus } from '@parley/realtime';
import type { Db, Trx } from '../../db/schema.ts';
import * as store from './store.ts';
import { normalize, segmentOf, tokensOf } from './tokens.ts';

/** Most entries of the log that are read in one transaction, and how many chats share it. */
const page = 1_000;
const shortestPage = 20;
const chatsTogether = 50;
/** Most texts that are taken apart in one turn of the event loop: messages are being stored meanwhile. */
const bite = 100;
const nil = '00000000-0000-0000-0000-000000000000';

export interface Indexer {
  /** A chat's log went on. */
  note(chatId: string): void;
  /** Compares all chats with their logs: for what was committed by a process that ended before it could say so. */
  reconcile(): Promise<void>;
  stop(): Promise<void>;
}

interface Options {
  db: Db;
  /** How long after a note the log is read. */
  delayMs?: number;
  reconcileMs?: number;
  onError(error: unknown, what: string): void;
}

/** Fills the search table from the logs of the chats. Several processes may do it: each chat is read by one at a time. */
export function createIndexer({ db, delayMs = 500, reconcileMs = 60_000, onError }: Options): Indexer {
  let behind = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let isStopped = false;
  const sweep = setInterval(() => schedule(reconcile), reconcileMs);
  sweep.unref();

  function schedule(work: () => Promise<void>): Promise<void> {
    running = running
      .then(work)
      .catch((error) => onError(error, 'the search table could not be filled; it is tried again'));
    return running;
  }

  function note(chatId: string): void {
    behind.add(chatId);
    if (isStopped || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      void schedule(readNoted);
    }, delayMs);
    timer.unref();
  }

  async function readNoted(): Promise<void> {
    const chats = [...behind];
    behind = new Set();
    for (let at = 0; at < chats.length; at += chatsTogether) {
      if (isStopped) return;
      const some = chats.slice(at, at + chatsTogether);
      try {
        await readOn(some);
      } catch (error) {
        for (const chatId of chats.slice(at)) note(chatId);
        throw error;
      }
    }
  }

  /** To the end of their logs. What is wrong with one chat holds up no other. */
  async function readOn(chatIds: readonly string[]): Promise<void> {
    try {
      for (let more = chatIds; more.length > 0; ) more = await indexPages(db, more);
    } catch (error) {
      if (chatIds.length === 1) throw error;
      const failed = (await Promise.allSettled(chatIds.map((chatId) => readOn([chatId])))).find(
        (one) => one.status === 'rejected',
      );
      if (failed) throw failed.reason;
    }
  }

  async function reconcile(): Promise<void> {
    for (let after = nil; !isStopped; ) {
      const { chatIds, last } = await store.chatsBehind(db, after, 2_000);
      for (const chatId of chatIds) behind.add(chatId);
      await readNoted();
      if (last === undefined) return;
      after = last;
    }
  }

  return {
    note,
    reconcile: () => schedule(reconcile),
    async stop() {
      isStopped = true;
      clearInterval(sweep);
      clearTimeout(timer);
      await running;
    },
  };
}

/** The same bus; what it publishes of messages is noted. */
export function noteForSearch(bus: Bus, indexer: Pick<Indexer, 'note'>): Bus {
  return {
    ...bus,
    publish(event) {
      if (event.offset !== undefined && event.name.startsWith('message.') && event.topic.startsWith('chat:')) {
        indexer.note(topicId(event.topic));
      }
      bus.publish(event);
    },
  };
}

/** Reads on in the logs of these chats; returns those in which there is more to read. */
function indexPages(db: Db, chatIds: readonly string[]): Promise<string[]> {
  return db.transaction().execute(async (trx) => {
    const positions = await store.claimChats(trx, chatIds);
    const limit = Math.max(shortestPage, Math.floor(page / Math.max(1, positions.size)));
    const behind = (await store.readLogs(trx, positions, limit)).filter(
      ({ chatId, head }) => head > positions.get(chatId)!,
    );
    const isGone = ({ chatId, entries }: store.LogPage) =>
      entries[0] === undefined || entries[0].offset > positions.get(chatId)! + 1;
    for (const { chatId, head } of behind.filter(isGone)) await rebuild(trx, chatId, head);
    const pages = behind.filter((one) => !isGone(one));
    await indexChanges(trx, pages);
    return pages.filter((one) => reachedIn(one) < one.head).map((one) => one.chatId);
  });
}

const reachedIn = ({ entries, head }: store.LogPage): number => entries.at(-1)?.offset ?? head;

async function indexChanges(trx: Trx, pages: readonly store.LogPage[]): Promise<void> {
  if (pages.length === 0) return;
  const changed = pages.flatMap(({ chatId, entries }) =>
    [...new Set(entries.map((entry) => entry.messageId))].flatMap((messageId) =>
      messageId === null ? [] : [{ chatId, messageId }],
    ),
  );
  const isAllNew = pages.every(({ entries }) => entries.every((entry) => entry.name === 'message.new'));
  if (!isAllNew) await store.removeEntries(trx, changed);
  if (changed.length > 0) await add(trx, await store.messagesToIndex(trx, changed));
  await store.setPositions(trx, new Map(pages.map((one) => [one.chatId, reachedIn(one)])));
}

/** The log no longer says what changed: the chat is read from its messages. */
async function rebuild(trx: Trx, chatId: string, head: number): Promise<void> {
  await store.clearChat(trx, chatId);
  for (let sequence = 0; ; ) {
    const messages = await store.messagesFrom(trx, chatId, sequence, page);
    await add(trx, messages);
    const last = messages.at(-1);
    if (last === undefined) break;
    sequence = last.sequence;
  }
  await store.setPositions(trx, new Map([[chatId, head]]));
}

async function add(trx: Trx, messages: readonly store.Indexable[]): Promise<void> {
  if (messages.length === 0) return;
  const ids = await store.takeEntryIds(trx, messages.length);
  for (let at = 0; at < messages.length; at += bite) {
    const entries = messages.slice(at, at + bite).map((message, index): store.NewEntry => {
      const body = normalize(message.content);
      const entryId = ids[at + index]!;
      return { ...message, entryId, body, tokens: tokensOf(body, segmentOf(entryId)) };
    });
    await store.insertEntries(trx, entries);
  }
}
