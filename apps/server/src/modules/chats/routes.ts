import { created, type HandlersOf, noContent, ok } from '../../http/handler.ts';
import type { Chats } from './service.ts';

type Flag = 'isPinned' | 'isFavorite' | 'isArchived';

export function chatRoutes(
  chats: Chats,
): HandlersOf<
  | 'chats.create'
  | 'chats.list'
  | 'chats.byName'
  | 'chats.glimpse'
  | 'chats.get'
  | 'chats.update'
  | 'chats.delete'
  | 'chats.join'
  | 'chats.favorite'
  | 'chats.favoritePost'
  | 'chats.unfavorite'
  | 'chats.pin'
  | 'chats.pinPost'
  | 'chats.unpin'
  | 'chats.archive'
  | 'chats.archivePost'
  | 'chats.unarchive'
  | 'chats.mute'
  | 'chats.mutePost'
  | 'chats.unmute'
> {
  const set =
    (flag: Flag, value: boolean) =>
    async ({ viewer, params }: { viewer: { userId: string }; params: { chatId: string } }) => {
      await chats.setFlags(viewer.userId, params.chatId, { [flag]: value });
      return noContent();
    };
  const mute = async (call: { viewer: { userId: string }; params: { chatId: string }; body: { until?: string } }) => {
    await chats.mute(call.viewer.userId, call.params.chatId, call.body.until);
    return noContent();
  };

  return {
    'chats.create': async ({ viewer, body }) => {
      const { chat, isNew } = await chats.create(viewer.userId, body);
      return isNew ? created(chat) : ok(chat);
    },
    'chats.list': async ({ viewer, query }) => ok(await chats.list(viewer.userId, query)),
    'chats.byName': async ({ params }) => ok(await chats.byName(params.publicName)),
    'chats.glimpse': async ({ params }) => ok(await chats.glimpse(params.publicName)),
    'chats.get': async ({ viewer, params }) => ok(await chats.get(viewer.userId, params.chatId)),
    'chats.update': async ({ viewer, params, body }) => ok(await chats.update(viewer.userId, params.chatId, body)),
    'chats.delete': async ({ viewer, params }) => {
      await chats.remove(viewer.userId, params.chatId);
      return noContent();
    },
    'chats.join': async ({ viewer, params }) => ok(await chats.join(viewer.userId, params.chatId)),
    'chats.favorite': set('isFavorite', true),
    'chats.favoritePost': set('isFavorite', true),
    'chats.unfavorite': set('isFavorite', false),
    'chats.pin': set('isPinned', true),
    'chats.pinPost': set('isPinned', true),
    'chats.unpin': set('isPinned', false),
    'chats.archive': set('isArchived', true),
    'chats.archivePost': set('isArchived', true),
    'chats.unarchive': set('isArchived', false),
    'chats.mute': mute,
    'chats.mutePost': mute,
    'chats.unmute': async ({ viewer, params }) => {
      await chats.unmute(viewer.userId, params.chatId);
      return noContent();
    },
  };
}
