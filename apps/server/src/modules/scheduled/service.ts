import { AppError, maxScheduled, type ScheduledChange, type ScheduledMessage } from '@parley/contract';
import type { Db, Trx } from '../../db/schema.ts';
import type { Members } from '../members/service.ts';
import { isWordless, mediaOf } from '../messages/media.ts';
import { refuseContent } from '../messages/policy.ts';
import type { SendCommand } from '../messages/queue.ts';
import * as store from './store.ts';

export type Scheduled = ReturnType<typeof createScheduled>;

interface Options {
  db: Db;
  members: Pick<Members, 'require'>;
  now(): number;
  /** Keeps files of the person for a day, whether they are named elsewhere or not. */
  holdFiles(trx: Trx, userId: string, fileIds: readonly string[]): Promise<unknown>;
}

const yearMs = 366 * 24 * 3_600_000;

/** Messages that wait for their time. */
export function createScheduled({ db, members, now, holdFiles }: Options) {
  function timeOf(scheduledAt: string): Date {
    const at = new Date(scheduledAt);
    if (at.getTime() <= now() + yearMs) return at;
    throw new AppError('validation_error', { errors: [{ path: '/scheduledAt', message: 'is not within a year' }] });
  }

  return {
    /** Keeps an authorised message, and what it names, until its time; whom it mentions is found then. A repeat changes nothing. */
    async put({ origin: _1, mentions: _2, ...command }: SendCommand, scheduledAt: string): Promise<void> {
      const at = timeOf(scheduledAt);
      await db.transaction().execute(async (trx) => {
        const waiting = await store.scheduledOf(trx, command.chatId, command.userId);
        if (waiting.some(({ id }) => id === command.id)) return;
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
      return db.transaction().execute(async (trx) => {
        const row = await store.lockScheduled(trx, { chatId, id, userId: viewer });
        if (row === undefined) throw new AppError('forbidden');
        await store.writeScheduled(trx, {
          ...row,
          command: content === undefined ? row.command : withContent(row.command, content),
          // Another time is another try.
          ...(scheduledAt === undefined ? {} : { scheduled_at: timeOf(scheduledAt), failed_code: null }),
        });
        const changed = (await store.scheduledOf(trx, chatId, viewer)).find((one) => one.id === id);
        return toScheduled(changed ?? { ...row, attachments: null });
      });
    },

    forgetFailed: store.removeFailed,

    async cancel(viewer: string, chatId: string, id: string): Promise<void> {
      await members.require(viewer, chatId);
      await db.transaction().execute(async (trx) => {
        const command = await store.removeScheduled(trx, { chatId, id, userId: viewer });
        if (command === undefined) throw new AppError('forbidden');
        await holdFiles(trx, viewer, command.media?.fileIds ?? []);
      });
    },
  };
}

function withContent(command: SendCommand, content: string): SendCommand {
  const { type = 'text', media } = command;
  if (isWordless(type) && content !== '')
    throw new AppError('validation_error', { errors: [{ path: '/content', message: `is not for a ${type}` }] });
  const refusal = refuseContent(content, media !== undefined);
  if (refusal) throw new AppError(refusal);
  return { ...command, content };
}

function toScheduled({
  id,
  chat_id,
  command,
  scheduled_at,
  failed_code,
  attachments,
}: store.ShownRow): ScheduledMessage {
  return {
    id,
    chatId: chat_id,
    content: command.content,
    messageType: command.type ?? 'text',
    ...mediaOf(command.media ?? null, attachments),
    scheduledAt: scheduled_at.toISOString(),
    ...(command.replyToId === undefined ? {} : { replyToMessageId: command.replyToId }),
    ...(command.isSilent ? { silent: true } : {}),
    ...(failed_code === null ? {} : { failedCode: failed_code }),
  };
}
