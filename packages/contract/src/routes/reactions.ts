import { MessageIds, NewReaction, Reacted, ReactionsByMessage } from '../reactions.ts';
import { Type } from '../schema.ts';
import { chatParams, messageParams } from './params.ts';
import type { Route } from './route.ts';

export const reactionRoutes = {
  'reactions.toggle': {
    method: 'POST',
    path: '/chats/:chatId/messages/:messageId/reactions',
    summary:
      'Leave an emoji on a message, or take it back. With `isWanted` a repeat changes nothing. At most 3 kinds each, and 20 on one message.',
    access: 'member',
    limit: 'write',
    params: messageParams,
    body: NewReaction,
    responses: { 200: Reacted },
    errors: ['chat_not_found', 'forbidden', 'not_reachable', 'person_blocked', 'too_many_reactions'],
  },
  'reactions.list': {
    method: 'GET',
    path: '/chats/:chatId/reactions',
    summary: 'What was left on up to 100 messages: `messageIds`, with commas between.',
    access: 'member',
    params: chatParams,
    query: Type.Object({ messageIds: MessageIds }),
    responses: { 200: ReactionsByMessage },
    errors: ['chat_not_found'],
  },
} as const satisfies Record<string, Route>;
