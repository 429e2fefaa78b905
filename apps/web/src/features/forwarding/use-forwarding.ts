import { newMessageKey } from '@parley/client';
import type { Message } from '@parley/contract';
import { ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { errorKey } from '../../platform/error-text.ts';
import { useParley } from '../../realtime/parley.ts';

/** As many as the server takes at once. */
const portion = 100;

/** Sends messages again, to several chats. Whoever tries again sends nothing twice. */
export function useForwarding(messages: readonly Message[]) {
  const { t } = useI18n();
  const { client } = useParley();
  const isBusy = ref(false);
  const problem = ref<string>();
  const keys = new Map<string, string>();

  const keyOf = (chatId: string, messageId: string): string => {
    const place = `${chatId} ${messageId}`;
    const key = keys.get(place) ?? newMessageKey();
    keys.set(place, key);
    return key;
  };

  async function forwardTo(chatId: string): Promise<void> {
    const fromChatId = messages[0]?.chatId ?? '';
    for (let first = 0; first < messages.length; first += portion) {
      const messageIds = messages.slice(first, first + portion).map(({ id }) => id);
      const clientMessageIds = messageIds.map((id) => keyOf(chatId, id));
      await client.forward(chatId, { fromChatId, messageIds, clientMessageIds });
    }
  }

  /** Whether it worked for all of them. */
  async function forward(chatIds: readonly string[]): Promise<boolean> {
    if (isBusy.value) return false;
    isBusy.value = true;
    problem.value = undefined;
    try {
      for (const chatId of chatIds) await forwardTo(chatId);
      return true;
    } catch (error) {
      problem.value = t(errorKey(error));
      return false;
    } finally {
      isBusy.value = false;
    }
  }

  return { forward, isBusy, problem };
}
