import { Message, PinnedMessages } from '../messages.ts';
import { nullable } from '../schema.ts';
import { messageParams, chatParams as params } from './params.ts';
import type { Route } from './route.ts';

export const pinRoutes = {
  'pins.add': {
    method: 'POST',
    path: '/chats/:chatId/messages/:messageId/pin',
    summary:
      'Hold a message up for all: in a direct chat both may, elsewhere the owner and admins. At most 100 a chat.',
    access: 'member',
    limit: 'write',
    params: messageParams,
    responses: { 204: null },
    errors: ['chat_not_found', 'forbidden', 'not_reachable', 'person_blocked', 'too_many_pins'],
  },
  'pins.remove': {
    method: 'DELETE',
    path: '/chats/:chatId/messages/:messageId/pin',
    summary: 'Take it down. Deleting a message does so, too.',
    access: 'member',
    limit: 'write',
    params: messageParams,
    responses: { 204: null },
    errors: ['chat_not_found', 'forbidden', 'not_reachable', 'person_blocked'],
  },
  'pins.list': {
    method: 'GET',
    path: '/chats/:chatId/pinned-messages',
    summary: 'What is held up, the latest first, without what one deleted for oneself.',
    access: 'member',
    params,
    responses: { 200: PinnedMessages },
    errors: ['chat_not_found'],
  },
  'pins.latest': {
    method: 'GET',
    path: '/chats/:chatId/pinned-message',
    summary: 'The latest of them, or null.',
    access: 'member',
    params,
    responses: { 200: nullable(Message) },
    errors: ['chat_not_found'],
  },
} as const satisfies Record<string, Route>;
