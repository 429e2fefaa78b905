import { created, type HandlersOf, noContent, ok } from '../../http/handler.ts';
import type { Invites } from './service.ts';

type InviteRouteName =
  | 'invites.create'
  | 'invites.list'
  | 'invites.preview'
  | 'invites.glimpse'
  | 'invites.join'
  | 'invites.revoke';
type RequestRouteName = 'requests.list' | 'requests.approve' | 'requests.refuse';

export function inviteRoutes(invites: Invites): HandlersOf<InviteRouteName | RequestRouteName> {
  return {
    'invites.create': async ({ viewer, params, body }) =>
      created(await invites.create(viewer.userId, params.chatId, body)),
    'invites.list': async ({ viewer, params }) => ok({ items: await invites.list(viewer.userId, params.chatId) }),
    'invites.preview': async ({ viewer, params }) => ok(await invites.preview(viewer.userId, params.token)),
    'invites.glimpse': async ({ params }) => ok(await invites.glimpse(params.token)),
    'invites.join': async ({ viewer, params }) => {
      const result = await invites.join(viewer.userId, params.token);
      if ('chat' in result) return ok(result.chat);
      return { status: 202, body: { chatId: result.waitingFor, isWaiting: true } };
    },
    'invites.revoke': async ({ viewer, params }) => {
      await invites.revoke(viewer.userId, params.token);
      return noContent();
    },
    'requests.list': async ({ viewer, params }) => ok({ items: await invites.requests(viewer.userId, params.chatId) }),
    'requests.approve': async ({ viewer, params }) => {
      await invites.approve(viewer.userId, params.chatId, params.userId);
      return noContent();
    },
    'requests.refuse': async ({ viewer, params }) => {
      await invites.refuse(viewer.userId, params.chatId, params.userId);
      return noContent();
    },
  };
}
