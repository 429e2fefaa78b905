import { chatTopic } from '@parley/contract';
import type { Trx } from '../../db/schema.ts';
import type { Tell } from '../../log/log.ts';
import type { Membership } from '../members/service.ts';
import { deletePin } from './store.ts';

/** Takes a message down, if it is held up. */
export async function takeDown(trx: Trx, tell: Tell, messageId: string, by: Membership): Promise<void> {
  const { chatId, participantId, userId } = by;
  if (!(await deletePin(trx, { chatId, messageId }))) return;
  const facts = { messageId, unpinnedBy: participantId };
  tell({ topic: chatTopic(chatId), name: 'message.unpinned', facts, actorId: userId });
}
