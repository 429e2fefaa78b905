import { useI18n } from 'vue-i18n';
import { useRoute, useRouter } from 'vue-router';
import { errorKey } from '../../platform/error-text.ts';
import { useNotices } from '../../platform/notices.ts';
import { useParley } from '../../realtime/parley.ts';

/** Opens the direct chat with somebody; the first time makes it. */
export function useTalkTo() {
  const { t } = useI18n();
  const { client, state } = useParley();
  const notices = useNotices();
  const route = useRoute();
  const router = useRouter();

  const known = (userId: string): string | undefined => {
    for (const chat of state.chats.values()) if (chat.peer?.id === userId) return chat.id;
    return undefined;
  };

  /** Going back from a new chat must not lead to where it was made. */
  const open = (chatId: string): Promise<unknown> =>
    router['new' in route.query ? 'replace' : 'push']({ name: 'chat', params: { chatId } });

  async function talkTo(userId: string): Promise<void> {
    try {
      const chatId = known(userId) ?? (await client.createChat({ type: 'direct', memberIds: [userId] })).id;
      await open(chatId);
    } catch (error) {
      notices.show(t(errorKey(error)));
    }
  }

  return { talkTo, open };
}
