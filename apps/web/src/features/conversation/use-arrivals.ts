import { onBeforeUnmount, type Ref, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useParley } from '../../realtime/parley.ts';
import { useMessageText } from '../files/use-message-text.ts';

/** The newest message that came while the chat was open, in words for whoever does not see it. */
export function useArrivals(chatId: string): Readonly<Ref<string>> {
  const { client, state } = useParley();
  const { t } = useI18n();
  const textOf = useMessageText();
  const words = ref('');
  const stop = client.on('message.new', ({ message }, { isOwn }) => {
    if (message.chatId !== chatId || isOwn || message.service !== undefined) return;
    const name = state.participants.get(chatId)?.get(message.senderId)?.displayName ?? t('conversation.someone');
    words.value = t('conversation.arrived', { name, text: textOf(message) });
  });
  onBeforeUnmount(stop);
  return words;
}
