import {
  AppError,
  chatTopic,
  type ErrorCode,
  type NewReaction,
  type Reacted,
  type ReactionsByMessage,
} from '@parley/contract';
import type { Db, Trx } from '../../db/schema.ts';
import type { Log } from '../../log/log.ts';
import type { Members } from '../members/service.ts';
import type { Messages } from '../messages/service.ts';
import { refuseAdding, refuseReacting, toEmoji } from './policy.ts';
import * as store from './store.ts';

export type Reactions = ReturnType<typeof createReactions>;

interface Options {
  db: Db;
  log: Log;
  members: Members;
  messages: Pick<Messages, 'awaitArrival' | 'lock'>;
  now(): number;
}

function refuse(code: ErrorCode | undefined): void {
  if (code !== undefined) throw new AppError(code);
}

export function createReactions({ db, log, members, messages, now }: Options) {
  async function add(trx: Trx, place: store.Place, participantId: string, emoji: string, own: string[]): Promise<void> {
    const counts = (await store.countsOf(trx, [place])).get(place.messageId) ?? [];
    refuse(refuseAdding(emoji, own, counts));
    await store.add(trx, place, participantId, emoji, new Date(now()));
  }

  return {
    /** Leaves an emoji on a message, or takes it back. What is as it is wanted stays, and nobody is told. */
    async react(userId: string, chatId: string, messageId: string, { emoji: text, isWanted }: NewReaction) {
      const { participantId, barrier } = await members.require(userId, chatId);
      refuse(barrier);
      const emoji = toEmoji(text);
      if (emoji === undefined)
        throw new AppError('validation_error', { errors: [{ path: '/emoji', message: 'is not one emoji' }] });
      const place = { chatId, messageId };
      await messages.awaitArrival(place);
      return log.write(async (trx, tell): Promise<Reacted> => {
        refuse(refuseReacting(await messages.lock(trx, place)));
        const own = await store.emojiOf(trx, place, participantId);
        const isThere = own.includes(emoji);
        const action = (isWanted ?? !isThere) ? 'added' : 'removed';
        if (isWanted === isThere) return { action };
        if (action === 'added') await add(trx, place, participantId, emoji, own);
        else await store.remove(trx, place, participantId, emoji);
        const facts = { messageId, userId: participantId, emoji };
        tell({ topic: chatTopic(chatId), name: `reaction.${action}`, facts, actorId: userId });
        return { action };
      });
    },

    async list(userId: string, chatId: string, messageIds: readonly string[]): Promise<ReactionsByMessage> {
      const { participantId } = await members.require(userId, chatId);
      const found = await store.reactionsOf(db, chatId, participantId, messageIds);
      return Object.fromEntries(messageIds.map((id) => [id, found.get(id) ?? []]));
    },
  };
}
