import { onBeforeUnmount } from 'vue';
import { useI18n } from 'vue-i18n';
import { codeKey } from '../../platform/error-text.ts';
import { useNotices } from '../../platform/notices.ts';
import { useParley } from '../../realtime/parley.ts';

/** Says that a message could not be sent at its time. One that was sent by hand says so at its own place, by its key. */
export function useFailedSchedules(): void {
  const { client } = useParley();
  const { t } = useI18n();
  const notices = useNotices();
  const stop = client.on('message.failed', ({ clientMessageId, code }) => {
    if (clientMessageId === undefined) notices.show(t('scheduled.failed', { why: t(codeKey(code)) }));
  });
  onBeforeUnmount(stop);
}
