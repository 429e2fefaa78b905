import { onBeforeUnmount } from 'vue';
import { useI18n } from 'vue-i18n';
import { codeKey } from '../../platform/error-text.ts';
import { useNotices } from '../../platform/notices.ts';
import { useParley } from '../../realtime/parley.ts';

/** Says what was shown as done and the server refused, wherever one is by then. */
export function useTakenBack(): void {
  const { t } = useI18n();
  const { client } = useParley();
  const notices = useNotices();
  const forget = client.onTakenBack(({ kind }, code) =>
    notices.show(t(`conversation.takenBack.${kind}`, { reason: t(codeKey(code)) })),
  );
  onBeforeUnmount(forget);
}
