import { newMessageKey } from '@parley/client';
import type { Send } from '@parley/contract';
import { shallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { mediumTime } from '../../i18n/formats.ts';
import { useNotices } from '../../platform/notices.ts';
import { useParley } from '../../realtime/parley.ts';
import { laterKey } from './later-key.ts';

/** What is to be sent later, one thing at a time: `asked` is given the time that was chosen for it. */
export function useLater(chatId: () => string) {
  const { t, locale } = useI18n();
  const { client } = useParley();
  const notices = useNotices();
  const asked = shallowRef<(scheduledAt: string) => Promise<void>>();
  /** By the time that was chosen: whoever tries again schedules nothing twice. */
  const keys = new Map<string, string>();

  return {
    asked,
    ask(keep: (scheduledAt: string) => Promise<void>): void {
      keys.clear();
      asked.value = keep;
    },
    async keep(body: Send & { scheduledAt: string }): Promise<void> {
      const clientMessageId = keys.get(body.scheduledAt) ?? laterKey(newMessageKey());
      keys.set(body.scheduledAt, clientMessageId);
      await client.http.call('messages.send', { params: { chatId: chatId() }, body: { ...body, clientMessageId } });
      notices.show(t('scheduled.kept', { when: mediumTime(locale.value, body.scheduledAt) }));
    },
  };
}
