import { chatTopic } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import type { Log } from '../../log/log.ts';
import type { Blobs } from './blobs.ts';
import { examine, Refused } from './examination.ts';
import { claim, type Finding, postpone, setTold, settle, untold } from './examination-store.ts';
import type { Scanner } from './scanner.ts';
import type { Scratch } from './scratch.ts';
import { createSlots } from './slots.ts';
import { type FileRow, messagesWith, noteTrash, removableAfter, strikeTrash } from './store.ts';

export interface ExaminerOptions {
  db: Db;
  log: Log;
  blobs: Blobs;
  scratch: Scratch;
  scanner: Scanner | undefined;
  onError(error: unknown, what: string): void;
  onDone?(outcome: 'ready' | 'rejected', seconds: number): void;
}

export interface Examiner {
  /** Examines this file now, or as soon as there is a hand free. Resolves when it was examined here. */
  examine(fileId: string): Promise<void>;
  /** How many wait in this process. */
  waiting(): number;
  /** Takes up what an earlier process, or another one that is gone, left behind. */
  start(): void;
  stop(): Promise<void>;
}

const hands = 2;
const lookMs = 5_000;
const retrySeconds = 15;
/** Times that a process may die of a file before it is refused. */
const maxAttempts = 3;
/** Messages that are told of one file; further ones show its state when loaded again. */
const maxTold = 1_000;

/**
 * Examines files in this process, two at a time. What is to be done is in the database: a process that dies loses nothing,
 * and another takes it up. Files that cannot be examined now (the store or the scanner is away) are tried again and again.
 */
export function createExaminer(options: ExaminerOptions): Examiner {
  const { db, log, onError } = options;
  const slots = createSlots(hands);
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function take(fileId?: string): Promise<boolean> {
    if (isStopped) return false;
    const file = await claim(db, fileId);
    if (file !== undefined) await work(file);
    return file !== undefined;
  }

  async function work(file: FileRow): Promise<void> {
    const started = performance.now();
    try {
      const finding = await judge(file);
      await keep(file, finding);
      options.onDone?.(finding.status, (performance.now() - started) / 1_000);
      await tell(file.id);
    } catch (error) {
      onError(error, 'a file could not be examined; it will be tried again');
      await postpone(db, file.id, retrySeconds);
    }
  }

  async function judge(file: FileRow): Promise<Finding> {
    if (file.attempts > maxAttempts) return { status: 'rejected' };
    try {
      return await examine(file, options);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      onError(error, `the file ${file.id} was refused`);
      return { status: 'rejected' };
    }
  }

  async function keep(file: FileRow, finding: Finding): Promise<void> {
    const { objectKey, thumbnailKey } = finding;
    await db.transaction().execute(async (trx) => {
      if (!(await settle(trx, file.id, finding))) return;
      const kept = [objectKey, thumbnailKey].filter((key) => key != null);
      if (kept.length > 0) await strikeTrash(trx, kept);
      const isMoved = objectKey !== undefined && objectKey !== file.object_key;
      if (isMoved || finding.status === 'rejected')
        await noteTrash(trx, [file.object_key], removableAfter(file, new Date()));
    });
  }

  /**
   * The chats in which it was sent already learn how it ended. Looked for after the commit of `keep`: a message that is stored
   * later than this look is told after its own commit, and so with the end.
   */
  async function tell(fileId: string): Promise<void> {
    const messages = await messagesWith(db, fileId, maxTold);
    if (messages.length > 0) {
      await log.write(async (_trx, tellOf) => {
        for (const { chatId, messageId } of messages)
          tellOf({ topic: chatTopic(chatId), name: 'message.updated', facts: { messageId } });
      });
    }
    await setTold(db, fileId);
  }

  async function look(): Promise<void> {
    for (const fileId of await untold(db, 100)) await slots.run(() => tell(fileId));
    while (slots.waiting() === 0 && (await slots.run(() => take())));
  }

  return {
    examine: (fileId) => slots.run(async () => void (await take(fileId))),
    waiting: slots.waiting,
    start() {
      const lookAgain = () => look().catch((error) => isStopped || onError(error, 'no files could be looked for'));
      timer = setInterval(lookAgain, lookMs);
      timer.unref();
      void lookAgain();
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await slots.idle();
    },
  };
}
