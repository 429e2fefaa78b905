import { listOf } from '../schema.ts';
import { ChatSearchQuery, MessageHit, SearchQuery } from '../search.ts';
import { chatParams } from './params.ts';
import type { Route } from './route.ts';

export const searchRoutes = {
  search: {
    method: 'GET',
    path: '/search',
    summary: 'Messages in all of one’s chats, the newest first.',
    access: 'signed_in',
    limit: 'search',
    query: SearchQuery,
    responses: { 200: listOf(MessageHit) },
    errors: ['chat_not_found'],
  },
  'messages.search': {
    method: 'GET',
    path: '/chats/:chatId/messages/search',
    summary: 'Messages in one chat, the newest first.',
    access: 'member',
    limit: 'search',
    params: chatParams,
    query: ChatSearchQuery,
    responses: { 200: listOf(MessageHit) },
    errors: ['chat_not_found'],
  },
} as const satisfies Record<string, Route>;
