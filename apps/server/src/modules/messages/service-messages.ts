import { chatTopic } from '@parley/contract';
import { v7 as uuidv7 } from 'uuid';
import type { TellService } from '../members/service.ts';
import { insertServiceMessage } from './store.ts';

/** "Alice added Bob": takes a place among the messages, never counts as unread. */
export const tellService: TellService = (tell, chatId, service, actorUserId) => {
  const id = uuidv7();
  tell({
    topic: chatTopic(chatId),
    name: 'message.new',
    facts: { messageId: id },
    actorId: actorUserId,
    store: (trx, { sequence, messageCount }) =>
      insertServiceMessage(trx, { id, chatId, sequence, messageCount, senderId: service.actorId, service }),
  });
};
