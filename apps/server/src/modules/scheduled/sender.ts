import { type ErrorCode, userTopic } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import type { Log } from '../../log/log.ts';
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
  now(): number;
  onError(error: unknown, what: string): void;
}

const everyMs = 1_000;

/**
 * Hands what is due to the queue. The row goes in the transaction that saw it accepted: after a crash in between it is handed over
 * again under the same id, and the worker knows it. Several may do this side by side: a row in hand is passed over.
 */
export function startScheduledSender({ log, queue, findMember, findNamed, now, onError }: Options): {
  stop(): Promise<void>;
} {
  let isStopped = false;
  let running: Promise<void> | undefined;

  /** Who may no longer write there is told so. Whether there was one. */
  const sendNext = (): Promise<boolean> =>
    log.write(async (trx, tell) => {
      const due = await store.takeDue(trx, new Date(now()));
      if (due === undefined) return false;
      const { chat_id: chatId, id, user_id: userId, command } = due;
      const member = await findMember(trx, chatId, userId);
      const code: ErrorCode | undefined = member === undefined ? 'message_discarded' : refusePosting(member);
      if (member !== undefined && code === undefined) {
        const mentions = await mentionsOf((...asked) => findNamed(trx, ...asked), member, command.content);
        await queue.accept({ ...command, ...mentions });
      } else {
        const { clientMessageId } = command;
        const facts = { chatId, id, code, ...(clientMessageId === undefined ? {} : { clientMessageId }) };
        tell({ topic: userTopic(userId), name: 'message.failed', facts, actorId: userId });
      }
      await store.removeScheduled(trx, { chatId, id, userId });
      return true;
    });

  async function run(): Promise<void> {
    try {
      while (!isStopped && (await sendNext()));
    } catch (error) {
      onError(error, 'a scheduled message could not be sent; it will be tried again');
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
