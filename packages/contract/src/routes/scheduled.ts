import { ScheduledChange, ScheduledMessage } from '../scheduled.ts';
import { described, Id, listOf, Type } from '../schema.ts';
import { chatId, chatParams as params } from './params.ts';
import type { Route } from './route.ts';

const messageParams = Type.Object({ chatId, messageId: described(Id, 'One that one has scheduled in this chat.') });

export const scheduledRoutes = {
  'scheduled.list': {
    method: 'GET',
    path: '/chats/:chatId/scheduled-messages',
    summary: 'What one has scheduled in a chat, the next first.',
    access: 'member',
    params,
    responses: { 200: listOf(ScheduledMessage) },
    errors: ['chat_not_found'],
  },
  'scheduled.change': {
    method: 'PUT',
    path: '/chats/:chatId/scheduled-messages/:messageId',
    summary: 'Other words, or another time; one that has passed sends it at once.',
    access: 'sender',
    limit: 'write',
    params: messageParams,
    body: ScheduledChange,
    responses: { 200: ScheduledMessage },
    errors: ['chat_not_found', 'forbidden', 'message_empty', 'message_too_long'],
  },
  'scheduled.cancel': {
    method: 'DELETE',
    path: '/chats/:chatId/scheduled-messages/:messageId',
    summary: 'Do not send it.',
    access: 'sender',
    limit: 'write',
    params: messageParams,
    responses: { 204: null },
    errors: ['chat_not_found', 'forbidden'],
  },
} as const satisfies Record<string, Route>;
