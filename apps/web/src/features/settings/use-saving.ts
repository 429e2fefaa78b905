import { ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { errorKey } from '../../platform/error-text.ts';
import { useNotices } from '../../platform/notices.ts';

/** Runs a change. Whether it was saved is said where nothing shows it. */
export function useSaving() {
  const { t } = useI18n();
  const notices = useNotices();
  const isSaving = ref(false);

  async function run(change: () => Promise<unknown>, words?: () => string): Promise<void> {
    isSaving.value = true;
    try {
      await change();
      if (words !== undefined) notices.show(words());
    } catch (error) {
      notices.show(t(errorKey(error)));
    } finally {
      isSaving.value = false;
    }
  }

  return {
    isSaving,
    save: (change: () => Promise<unknown>) => run(change, () => t('app.saved')),
    /** What was chosen can be seen at once; only a failure needs words. */
    choose: (change: () => Promise<unknown>) => run(change),
  };
}
