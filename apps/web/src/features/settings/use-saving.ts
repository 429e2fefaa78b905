import { ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { errorKey } from '../../platform/error-text.ts';
import { useNotices } from '../../platform/notices.ts';

/** Runs a change and says how it went. */
export function useSaving() {
  const { t } = useI18n();
  const notices = useNotices();
  const isSaving = ref(false);

  async function save(change: () => Promise<unknown>): Promise<void> {
    isSaving.value = true;
    try {
      await change();
      notices.show(t('app.saved'));
    } catch (error) {
      notices.show(t(errorKey(error)));
    } finally {
      isSaving.value = false;
    }
  }

  return { isSaving, save };
}
