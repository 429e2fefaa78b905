import type { Message } from '@parley/contract';
import { onBeforeUnmount } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import { cut } from '../../platform/cut.ts';
import { useVisibility } from '../../platform/visibility.ts';
import { useParley } from '../../realtime/parley.ts';
import { useSettings } from '../../realtime/views.ts';
import { useChatTitle } from '../chats/use-chat-title.ts';
import { useMessageText } from '../files/use-message-text.ts';
import { isWorthTelling } from './notice-of.ts';
import { permission } from './permission.ts';

/** In this time whoever looks at the chat elsewhere has read it. */
const pauseMs = 1_000;

/** Tells of new messages while the page cannot be seen. One notice a chat; the newest takes the place of the one before. */
export function useNotifications(): void {
  const { client, state } = useParley();
  const { t } = useI18n();
  const router = useRouter();
  const isVisible = useVisibility();
  const settings = useSettings();
  const { titleOf } = useChatTitle();
  const textOf = useMessageText();
  const waiting = new Set<ReturnType<typeof setTimeout>>();

  function bodyOf(message: Message): string {
    if (settings.value?.app.notificationText === false) return t('notifications.message');
    const chat = state.chats.get(message.chatId);
    const name = state.participants.get(message.chatId)?.get(message.senderId)?.displayName;
    const text = cut(textOf(message), 0, 200);
    return chat?.type === 'group' && name !== undefined ? `${name}: ${text}` : text;
  }

  async function show(message: Message, title: string): Promise<void> {
    const url = router.resolve({ name: 'chat', params: { chatId: message.chatId } }).fullPath;
    const options = { body: bodyOf(message), tag: message.chatId, icon: '/icon-192.png', data: { url } };
    try {
      const notice = new Notification(title, options);
      notice.addEventListener('click', () => {
        notice.close();
        focus();
        void router.push(url);
      });
    } catch {
      // On phones only the worker of the page may do it.
      await (await navigator.serviceWorker.ready).showNotification(title, options);
    }
  }

  /** What is read meanwhile, in another tab or on another device, is no news. */
  function later(message: Message): void {
    const timer = setTimeout(() => {
      waiting.delete(timer);
      const chat = state.chats.get(message.chatId);
      if (chat !== undefined && chat.readSequence < message.sequence) void show(message, titleOf(chat));
    }, pauseMs);
    waiting.add(timer);
  }

  const stop = client.on('message.new', ({ message }, { isOwn }) => {
    const chat = state.chats.get(message.chatId);
    const isWanted = settings.value?.notifications !== false && permission() === 'granted';
    if (chat === undefined) return;
    if (!isWorthTelling({ message, chat, isOwn, isSeen: isVisible.value, isWanted, now: Date.now() })) return;
    later(message);
  });
  onBeforeUnmount(() => {
    stop();
    for (const timer of waiting) clearTimeout(timer);
  });
}
