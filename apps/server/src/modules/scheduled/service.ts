import { AppError, maxScheduled, type ScheduledChange, type ScheduledMessage } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import type { Members } from '../members/service.ts';
import { refuseContent } from '../messages/policy.ts';
import type { SendCommand } from '../messages/queue.ts';
import * as store from './store.ts';

export type Scheduled = ReturnType<typeof createScheduled>;

interface Options {
  db: Db;
  members: Pick<Members, 'require'>;
  now(): number;
}

const yearMs = 366 * 24 * 3_600_000;

/** Messages that wait for their time. */
export function createScheduled({ db, members, now }: Options) {
  function timeOf(scheduledAt: string): Date {
    const at = new Date(scheduledAt);
    if (at.getTime() <= now() + yearMs) return at;
    throw new AppError('validation_error', { errors: [{ path: '/scheduledAt', message: 'is not within a year' }] });
  }

  return {
    /** Keeps an authorised message until its time. Files are not kept for it; whom it mentions is found then. */
    async put({ origin: _1, mentions: _2, ...command }: SendCommand, scheduledAt: string): Promise<void> {
      const at = timeOf(scheduledAt);
      if (command.media !== undefined && command.type !== 'sticker') {
        throw new AppError('validation_error', { errors: [{ path: '/fileIds', message: 'cannot be sent later' }] });
      }
      await db.transaction().execute(async (trx) => {
        const waiting = await store.scheduledOf(trx, command.chatId, command.userId);
        if (waiting.length >= maxScheduled) throw new AppError('too_many_scheduled', { max: maxScheduled });
        await store.insertScheduled(trx, command, at);
      });
    },

    async list(viewer: string, chatId: string): Promise<ScheduledMessage[]> {
      await members.require(viewer, chatId);
      return (await store.scheduledOf(db, chatId, viewer)).map(toScheduled);
    },

    async change(viewer: string, chatId: string, id: string, change: ScheduledChange): Promise<ScheduledMessage> {
      await members.require(viewer, chatId);
      const { content, scheduledAt } = change;
      const refusal = content === undefined ? undefined : refuseContent(content);
      if (refusal) throw new AppError(refusal);
      return db.transaction().execute(async (trx) => {
        const row = await store.lockScheduled(trx, { chatId, id, userId: viewer });
        if (row === undefined) throw new AppError('forbidden');
        const changed = {
          ...row,
          command: content === undefined ? row.command : { ...row.command, content },
          scheduled_at: scheduledAt === undefined ? row.scheduled_at : timeOf(scheduledAt),
        };
        await store.writeScheduled(trx, changed);
        return toScheduled(changed);
      });
    },

    async cancel(viewer: string, chatId: string, id: string): Promise<void> {
      await members.require(viewer, chatId);
      const wasThere = await db
        .transaction()
        .execute((trx) => store.removeScheduled(trx, { chatId, id, userId: viewer }));
      if (!wasThere) throw new AppError('forbidden');
    },
  };
}

function toScheduled({ id, chat_id, command, scheduled_at }: store.ScheduledRow): ScheduledMessage {
  return {
    id,
    chatId: chat_id,
    content: command.content,
    scheduledAt: scheduled_at.toISOString(),
    ...(command.replyToId === undefined ? {} : { replyToMessageId: command.replyToId }),
    ...(command.isSilent ? { silent: true } : {}),
  };
}
