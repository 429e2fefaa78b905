import { AppError, chatTopic, type Message, type PinnedMessages } from '@parley/contract';
import type { Db } from '../../db/schema.ts';
import { readHeads } from '../../log/heads.ts';
import type { Log, Tell } from '../../log/log.ts';
import { snapshot } from '../../log/snapshot.ts';
import type { Members, Membership, TellService } from '../members/service.ts';
import type { Messages, StoredMessage } from '../messages/service.ts';
import { maxPins, refusePinning } from './policy.ts';
import * as store from './store.ts';
import { takeDown } from './take-down.ts';

export type Pins = ReturnType<typeof createPins>;

interface Options {
  db: Db;
  log: Log;
  members: Members;
  messages: Pick<Messages, 'awaitArrival' | 'lock' | 'shown'>;
  tellService: TellService;
}

export function createPins({ db, log, members, messages, tellService }: Options) {
  /** Runs with the chat held and the message locked, for who may do this. */
  async function change(
    userId: string,
    place: { chatId: string; messageId: string },
    work: (
      trx: Parameters<typeof store.insertPin>[0],
      tell: Tell,
      member: Membership,
      message: StoredMessage,
    ) => Promise<void>,
  ): Promise<void> {
    await members.require(userId, place.chatId);
    await messages.awaitArrival(place);
    await log.write(async (trx, tell) => {
      await members.hold(trx, place.chatId);
      const member = await members.require(userId, place.chatId, trx);
      const message = await messages.lock(trx, place);
      const refusal = refusePinning(member, message);
      if (refusal || message === undefined) throw new AppError(refusal ?? 'forbidden');
      await work(trx, tell, member, message);
    });
  }

  return {
    pin: (userId: string, chatId: string, messageId: string): Promise<void> =>
      change(userId, { chatId, messageId }, async (trx, tell, { participantId }, { sequence }) => {
        const pinned = await store.pinsOf(trx, chatId);
        if (pinned.includes(messageId)) return;
        if (pinned.length >= maxPins) throw new AppError('too_many_pins', { max: maxPins });
        await store.insertPin(trx, { chatId, messageId }, participantId);
        const facts = { messageId, pinnedBy: participantId };
        tell({ topic: chatTopic(chatId), name: 'message.pinned', facts, actorId: userId });
        tellService(
          tell,
          chatId,
          { action: 'pinned', actorId: participantId, message: { messageId, sequence } },
          userId,
        );
      }),

    unpin: (userId: string, chatId: string, messageId: string): Promise<void> =>
      change(userId, { chatId, messageId }, (trx, tell, member) => takeDown(trx, tell, messageId, member)),

    /** The latest first, as the viewer may see them. */
    list(userId: string, chatId: string): Promise<PinnedMessages> {
      return snapshot(db, async (trx) => {
        const member = await members.require(userId, chatId, trx);
        const head = (await readHeads(trx, [chatTopic(chatId)])).get(chatTopic(chatId));
        const found = await messages.shown(trx, member, await store.pinsOf(trx, chatId));
        return { ...found, position: { epoch: log.epoch(), offset: head?.offset ?? 0 } };
      });
    },

    async latest(userId: string, chatId: string): Promise<Message | null> {
      const member = await members.require(userId, chatId);
      const { items } = await messages.shown(db, member, await store.pinsOf(db, chatId));
      return items[0] ?? null;
    },
  };
}
