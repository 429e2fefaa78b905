import { DraftChange } from '../drafts.ts';
import { chatParams } from './params.ts';
import type { Route } from './route.ts';

export const draftRoutes = {
  'drafts.save': {
    method: 'PUT',
    path: '/chats/:chatId/draft',
    summary:
      'Keep what one has begun to write, for all of one’s devices; an empty one is removed. The last to come stays.',
    access: 'member',
    limit: 'draft',
    params: chatParams,
    body: DraftChange,
    responses: { 204: null },
    errors: ['chat_not_found', 'message_too_long'],
  },
} as const satisfies Record<string, Route>;
