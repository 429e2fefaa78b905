import { type HandlersOf, noContent, ok } from '../../http/handler.ts';
import type { Members } from './service.ts';

export function memberRoutes(
  members: Members,
): HandlersOf<
  'members.list' | 'members.add' | 'members.remove' | 'members.setRole' | 'chats.transfer' | 'chats.leave'
> {
  return {
    'members.list': async ({ viewer, params, query }) => ok(await members.list(viewer.userId, params.chatId, query)),
    'members.add': async ({ viewer, params, body }) =>
      ok(await members.add(viewer.userId, params.chatId, body.userIds)),
    'members.remove': async ({ viewer, params }) => {
      await members.remove(viewer.userId, params.chatId, params.userId);
      return noContent();
    },
    'members.setRole': async ({ viewer, params, body }) =>
      ok(await members.setRole(viewer.userId, params.chatId, params.userId, body.role)),
    'chats.transfer': async ({ viewer, params, body }) =>
      ok(await members.setRole(viewer.userId, params.chatId, body.userId, 'owner')),
    'chats.leave': async ({ viewer, params }) => {
      await members.leave(viewer.userId, params.chatId);
      return noContent();
    },
  };
}
