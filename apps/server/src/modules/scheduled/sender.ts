import { AppError, type ErrorCode, userTopic } from '@parley/contract';
import type { Db, Trx } from '../../db/schema.ts';
import type { Log, Tell } from '../../log/log.ts';
import type { Claimed } from '../files/claims.ts';
import { refuseSending } from '../files/policy.ts';
import { refusePosting } from '../members/policy.ts';
import type { Membership } from '../members/service.ts';
import { type FindNamed, mentionsOf } from '../messages/mentions.ts';
import type { Queue } from '../messages/queue.ts';
import * as store from './store.ts';

interface Options {
  log: Pick<Log, 'write'>;
  queue: Pick<Queue, 'accept'>;
  findMember(db: Db, chatId: string, userId: string): Promise<Membership | undefined>;
  findNamed(db: Db, ...asked: Parameters<FindNamed>): ReturnType<FindNamed>;
  /** The person's own among them, in their order; they are kept for a day. */
  holdFiles(trx: Trx, userId: string, fileIds: readonly string[]): Promise<Claimed[]>;
  now(): number;
  onError(error: unknown, what: string): void;
}

const everyMs = 1_000;
/** How long one that could not be sent lets the others pass. */
const restMs = 30_000;

/**
 * Hands what is due to the queue. Then the row goes, in the transaction that saw it accepted: after a crash in between it is handed over
 * again under the same id, and the worker knows it. Several may do this side by side: a row in hand is passed over.
 */
export function startScheduledSender({ log, queue, findMember, findNamed, holdFiles, now, onError }: Options): {
  stop(): Promise<void>;
} {
  let isStopped = false;
  let running: Promise<void> | undefined;
  /** Those that let the others pass, and until when, by the monotonic clock. */
  const resting = new Map<string, number>();

  /** Who may no longer write there, or whose files turned out to be harmful, is told so, and keeps it. Whether there was one. */
  const sendNext = (onTaken: (id: string) => void): Promise<boolean> =>
    log.write(async (trx, tell) => {
      const due = await store.takeDue(trx, new Date(now()), [...resting.keys()]);
      if (due === undefined) return false;
      const { chat_id: chatId, id, user_id: userId, command } = due;
      onTaken(id);
      const member = await findMember(trx, chatId, userId);
      const files = await holdFiles(trx, userId, command.media?.fileIds ?? []);
      const code = refusalOf(member, files);
      if (member !== undefined && code === undefined) {
        const mentions = await mentionsOf((...asked) => findNamed(trx, ...asked), member, command.content);
        await queue.accept({ ...command, ...mentions });
        await store.removeScheduled(trx, { chatId, id, userId });
      } else await fail(trx, tell, due, code ?? 'internal');
      return true;
    });

  async function fail(trx: Trx, tell: Tell, due: store.ScheduledRow, code: ErrorCode): Promise<void> {
    const { chat_id: chatId, id, user_id: userId, command } = due;
    const { clientMessageId } = command;
    const facts = { chatId, id, code, ...(clientMessageId === undefined ? {} : { clientMessageId }) };
    tell({ topic: userTopic(userId), name: 'message.failed', facts, actorId: userId });
    const isKept = await store.keepFailed(trx, { chatId, id }, code);
    if (!isKept) await store.removeScheduled(trx, { chatId, id, userId });
  }

  /** What is wrong with one holds nobody up; what is wrong with the queue is so for all. Whether to go on. */
  async function attemptNext(): Promise<boolean> {
    let taken: string | undefined;
    try {
      return await sendNext((id) => {
        taken = id;
      });
    } catch (error) {
      onError(error, 'a scheduled message could not be sent; it will be tried again');
      if (taken === undefined || (error instanceof AppError && error.retryAfter !== undefined)) return false;
      resting.set(taken, performance.now() + restMs);
      return true;
    }
  }

  async function run(): Promise<void> {
    for (const [id, until] of resting) if (until < performance.now()) resting.delete(id);
    try {
      while (!isStopped && (await attemptNext()));
    } finally {
      running = undefined;
    }
  }

  const timer = setInterval(() => {
    running ??= run();
  }, everyMs);

  return {
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** Why it cannot be sent any more, if it cannot. */
function refusalOf(member: Membership | undefined, files: readonly Claimed[]): ErrorCode | undefined {
  if (member === undefined) return 'chat_not_found';
  return refusePosting(member) ?? files.map(refuseSending).find((code) => code !== undefined);
}
