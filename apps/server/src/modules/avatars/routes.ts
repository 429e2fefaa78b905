import type { FastifyRequest } from 'fastify';
import { isForm, readFormFile } from '../../http/form.ts';
import { type HandlersOf, ok } from '../../http/handler.ts';
import type { Avatars, Choice } from './service.ts';

type AvatarRouteName = 'me.setAvatar' | 'me.removeAvatar' | 'chats.setAvatar' | 'chats.removeAvatar';

export function avatarRoutes(avatars: Avatars): HandlersOf<AvatarRouteName> {
  const chosen = <T>(raw: FastifyRequest, body: Choice, use: (choice: Choice) => Promise<T>): Promise<T> =>
    isForm(raw) ? readFormFile(raw, 'file', use) : use(body);

  return {
    'me.setAvatar': async ({ viewer, body, raw }) =>
      ok(await chosen(raw, body, (choice) => avatars.setMine(viewer.userId, choice))),
    'me.removeAvatar': async ({ viewer }) => ok(await avatars.removeMine(viewer.userId)),
    'chats.setAvatar': async ({ viewer, params, body, raw }) => {
      // Before a picture is taken in that would be of no use.
      await avatars.requireChanging(viewer.userId, params.chatId);
      return ok(await chosen(raw, body, (choice) => avatars.setOfChat(viewer.userId, params.chatId, choice)));
    },
    'chats.removeAvatar': async ({ viewer, params }) => ok(await avatars.removeOfChat(viewer.userId, params.chatId)),
  };
}
