import { onBeforeUnmount, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { codeKey } from '../../platform/error-text.ts';
import { useNotices } from '../../platform/notices.ts';
import { useParley } from '../../realtime/parley.ts';
import { isLaterKey } from './later-key.ts';

/**
 * Says that a message could not be sent at its time, and leads to where it is kept. One that was sent by hand says so at its own
 * place, by its key.
 */
export function useFailedSchedules() {
  const { client, state } = useParley();
  const { t } = useI18n();
  const notices = useNotices();
  /** The chat whose scheduled messages are looked at because of it. */
  const chatId = ref<string>();

  const stop = client.on('message.failed', (failed) => {
    const { clientMessageId: key } = failed;
    if (key !== undefined && !isLaterKey(key)) return;
    const go = (): void => {
      chatId.value = failed.chatId;
    };
    const way = state.chats.has(failed.chatId) ? { text: t('scheduled.show'), go } : undefined;
    notices.show(t('scheduled.failed', { why: t(codeKey(failed.code)) }), way);
  });
  onBeforeUnmount(stop);
  return { chatId };
}
