import type { ChatState } from '@parley/client';
import { useI18n } from 'vue-i18n';
import { useMe } from '../../realtime/views.ts';
import type { IconName } from '../../ui/icons.ts';

/** How a chat is called: by its title, by the other person, or Saved Messages. */
export function useChatTitle() {
  const { t } = useI18n();
  const me = useMe();
  const isSaved = (chat: ChatState): boolean => chat.peer !== undefined && chat.peer.id === me.value?.id;
  const titleOf = (chat: ChatState): string =>
    isSaved(chat) ? t('chats.saved') : (chat.title ?? chat.peer?.displayName ?? t('chats.unnamed'));
  const iconOf = (chat: ChatState): IconName | undefined => (isSaved(chat) ? 'bookmark' : undefined);
  return { titleOf, isSaved, iconOf };
}
