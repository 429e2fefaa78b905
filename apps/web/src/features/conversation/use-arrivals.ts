import { onBeforeUnmount, type Ref, shallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { useParley } from '../../realtime/parley.ts';
import { useMessageText } from '../files/use-message-text.ts';

export interface Arrival {
  id: string;
  words: string;
}

/** So that one who says the same twice is heard twice. */
const kept = 3;

/** The newest messages that came while the chat was open, in words for whoever does not see them; of one's own, that they are sent. */
export function useArrivals(chatId: string): Readonly<Ref<readonly Arrival[]>> {
  const { client, state } = useParley();
  const { t } = useI18n();
  const textOf = useMessageText();
  const arrived = shallowRef<readonly Arrival[]>([]);
  const stop = client.on('message.new', ({ message }, { isOwn }) => {
    if (message.chatId !== chatId || message.service !== undefined) return;
    const name = state.participants.get(chatId)?.get(message.senderId)?.displayName ?? t('conversation.someone');
    const words = isOwn ? t('conversation.state.sent') : t('conversation.arrived', { name, text: textOf(message) });
    arrived.value = [...arrived.value.filter(({ id }) => id !== message.id), { id: message.id, words }].slice(-kept);
  });
  onBeforeUnmount(stop);
  return arrived;
}
