import { Accepted, Forward, Message } from '../messages.ts';
import { Type } from '../schema.ts';
import { chatParams } from './params.ts';
import type { Route } from './route.ts';

const inOrder = { description: 'One for each, in the order given.' };

export const forwardRoutes = {
  'messages.forward': {
    method: 'POST',
    path: '/chats/:chatId/messages/forward',
    summary:
      'Send messages of another chat, or of this one, again, in the order given, with a word on whose they are. 200 once all are stored, 202 when that takes longer. With `clientMessageIds` a repeat sends nothing twice.',
    access: 'member',
    limit: 'forward',
    params: chatParams,
    body: Forward,
    responses: {
      200: Type.Object({ items: Type.Array(Message, inOrder) }),
      202: Type.Object({ items: Type.Array(Accepted, inOrder) }),
    },
    errors: ['chat_not_found', 'forbidden', 'not_reachable', 'person_blocked', 'overloaded', 'unavailable'],
  },
} as const satisfies Record<string, Route>;
