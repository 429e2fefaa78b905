import type { Send } from '@parley/contract';
import { shallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { mediumTime } from '../../i18n/formats.ts';
import { useNotices } from '../../platform/notices.ts';
import { useParley } from '../../realtime/parley.ts';

/** What is to be sent later, one thing at a time: `asked` is given the time that was chosen for it. */
export function useLater(chatId: () => string) {
  const { t, locale } = useI18n();
  const { client } = useParley();
  const notices = useNotices();
  const asked = shallowRef<(scheduledAt: string) => Promise<void>>();

  return {
    asked,
    ask(keep: (scheduledAt: string) => Promise<void>): void {
      asked.value = keep;
    },
    async keep(body: Send & { scheduledAt: string }): Promise<void> {
      await client.http.call('messages.send', { params: { chatId: chatId() }, body });
      notices.show(t('scheduled.kept', { when: mediumTime(locale.value, body.scheduledAt) }));
    },
  };
}
