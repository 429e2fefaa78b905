import { AppError, chatTopic, type ReadReceipt, userTopic } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import type { Log } from '../../log/log.ts';
import type { Members, Membership } from '../members/service.ts';
import * as store from './store.ts';

export type Reading = ReturnType<typeof createReading>;

interface Options {
  db: Db;
  log: Log;
  members: Members;
  now(): number;
  /** Whether the person tells others how far they have read, and is told in turn. */
  tellsReceipts(userId: string): Promise<boolean>;
  /** The sequence of a message, for those who name the message. */
  sequenceOf(userId: string, chatId: string, messageId: string): Promise<number | undefined>;
}

export function createReading({ db, log, members, now, tellsReceipts, sequenceOf }: Options) {
  /** In channels nobody is told; in other chats those are who tell themselves. */
  const isTold = async (member: Membership): Promise<boolean> =>
    member.chatType !== 'channel' && (await tellsReceipts(member.userId));

  async function read(userId: string, chatId: string, sequence: number | undefined): Promise<Date> {
    const member = await members.require(userId, chatId);
    const at = new Date(now());
    const cursor = await store.findCursor(db, chatId, userId);
    if (sequence !== undefined && cursor !== undefined && cursor.sequence >= sequence) return at;
    const isReceiptTold = await isTold(member);
    // The heads before the cursor, as the worker does: so that the two cannot wait for each other.
    const lockFirst = [chatTopic(chatId), userTopic(userId)];
    await log.write(
      async (trx, tell) => {
        const place = await store.placeOf(trx, chatId, sequence);
        if (place.sequence === 0 || !(await store.advance(trx, chatId, userId, place, at))) return;
        const facts = { chatId, sequence: place.sequence, readCount: place.messageCount };
        tell({ topic: userTopic(userId), name: 'chat.read', facts, actorId: userId });
        if (!isReceiptTold) return;
        await store.noteTold(trx, chatId, place.sequence);
        const receipt = { userId: member.participantId, sequence: place.sequence, readAt: at.toISOString() };
        tell({ topic: chatTopic(chatId), name: 'receipt.updated', facts: receipt, actorId: userId });
      },
      { lockFirst },
    );
    return at;
  }

  return {
    read,

    async readMessage(userId: string, chatId: string, messageId: string): Promise<Date> {
      await members.require(userId, chatId);
      const sequence = await sequenceOf(userId, chatId, messageId);
      if (sequence === undefined) throw new AppError('forbidden');
      return read(userId, chatId, sequence);
    },

    async receipts(userId: string, chatId: string): Promise<ReadReceipt[]> {
      const member = await members.require(userId, chatId);
      if (!(await isTold(member))) return [];
      const rows = await store.receiptsOf(db, chatId);
      return rows.map((row) => ({
        userId: row.participantId,
        sequence: row.sequence,
        readAt: row.readAt.toISOString(),
      }));
    },
  };
}
