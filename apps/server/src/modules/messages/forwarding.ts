import { type Accepted, AppError, type Forward, type ForwardedFrom, type Message } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import { refusePosting } from '../members/policy.ts';
import type { Members, Membership } from '../members/service.ts';
import { accepted, idOf } from './identity.ts';
import { originsOf } from './origins.ts';
import { refuseForwarding } from './policy.ts';
import type { Outcome, Queue, SendCommand } from './queue.ts';
import { type MessageRow, toMessage } from './row.ts';
import * as store from './store.ts';

export type Forwarding = ReturnType<typeof createForwarding>;

interface Options {
  db: Db;
  queue: Queue;
  members: Members;
  participantsOf: typeof import('../members/participants.ts').participants;
  publicTitleOf(chatId: string): Promise<string | undefined>;
}

const commitWaitMs = 10_000;
const arrivalWaitMs = 2_000;

export function createForwarding(options: Options) {
  const { db, queue, members } = options;

  async function find(from: Membership, messageIds: readonly string[]): Promise<Map<string, MessageRow>> {
    const { chatId, userId } = from;
    const wanted = messageIds.map((messageId) => ({ chatId, messageId }));
    return new Map((await store.messagesById(db, userId, wanted)).map((row) => [row.id, row]));
  }

  /** In the order given. What was acknowledged a moment ago is waited for. */
  async function load(from: Membership, messageIds: readonly string[]): Promise<MessageRow[]> {
    const found = await find(from, messageIds);
    const late = messageIds.filter((id) => !found.has(id));
    await Promise.all(late.map((id) => queue.arrival({ chatId: from.chatId, id }, arrivalWaitMs)));
    for (const [id, row] of late.length > 0 ? await find(from, late) : []) found.set(id, row);
    return messageIds.map((id) => {
      const row = found.get(id);
      const refusal = refuseForwarding(row);
      if (refusal || row === undefined) throw new AppError(refusal ?? 'forbidden');
      return row;
    });
  }

  /** One after the other, so that they keep their order. */
  async function acceptAll(commands: readonly SendCommand[], waitMs: number): Promise<(Outcome | undefined)[]> {
    const outcomes: Promise<Outcome | undefined>[] = [];
    for (const command of commands) {
      if (waitMs > 0) outcomes.push(queue.outcome(command, waitMs));
      await queue.accept(command);
    }
    return Promise.all(outcomes);
  }

  return {
    async forward(
      userId: string,
      chatId: string,
      request: Forward,
      waitMs = commitWaitMs,
    ): Promise<{ items: Message[] } | { items: Accepted[] }> {
      const to = await members.require(userId, chatId);
      const from = await members.require(userId, request.fromChatId);
      const refusal = refusePosting(to);
      if (refusal) throw new AppError(refusal);
      const keys = keysOf(request);
      const rows = await load(from, request.messageIds);
      const origins = await originsOf(options, from, rows);
      const isSilent = request.silent === true;
      const commands = rows.map((row, index) => toCommand(to, row, origins[index]!, keys[index], isSilent));
      const outcomes = await acceptAll(commands, waitMs);
      for (const outcome of outcomes) if (outcome?.kind === 'discarded') throw new AppError(outcome.code);
      if (waitMs === 0 || outcomes.includes(undefined)) return { items: commands.map(accepted) };
      const stored = await find(
        to,
        commands.map(({ id }) => id),
      );
      return { items: commands.flatMap(({ id }) => toOwn(stored.get(id))) };
    },
  };
}

const toOwn = (row: MessageRow | undefined): Message[] => (row === undefined ? [] : [toMessage(row, true)]);

function keysOf({ messageIds, clientMessageIds }: Forward): readonly (string | undefined)[] {
  if (clientMessageIds !== undefined && clientMessageIds.length !== messageIds.length) {
    const message = 'must be as many as the messages';
    throw new AppError('validation_error', { errors: [{ path: '/clientMessageIds', message }] });
  }
  return clientMessageIds ?? [];
}

function toCommand(
  to: Membership,
  row: MessageRow,
  forwardedFrom: ForwardedFrom,
  clientMessageId: string | undefined,
  isSilent: boolean,
): SendCommand {
  return {
    id: idOf(to, clientMessageId),
    chatId: to.chatId,
    senderId: to.participantId,
    userId: to.userId,
    content: row.content,
    forwardedFrom,
    ...carriedBy(row),
    ...(clientMessageId === undefined ? {} : { clientMessageId }),
    ...(isSilent ? { isSilent } : {}),
  };
}

/** Files, recordings and stickers come along; the worker gives the new message its share in them. */
function carriedBy({ type, media }: MessageRow): Pick<SendCommand, 'type' | 'media'> {
  const isPlain = type !== 'file' && type !== 'voice' && type !== 'sticker';
  return isPlain || media === null ? {} : { type, media };
}
