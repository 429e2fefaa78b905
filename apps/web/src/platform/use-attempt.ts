import { ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { errorKey } from './error-text.ts';

/** Does something once at a time, and keeps in words why it failed. */
export function useAttempt() {
  const { t } = useI18n();
  const isBusy = ref(false);
  const problem = ref<string>();

  /** Whether it was done. */
  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    if (isBusy.value) return false;
    isBusy.value = true;
    problem.value = undefined;
    try {
      await work();
      return true;
    } catch (error) {
      problem.value = t(errorKey(error));
      return false;
    } finally {
      isBusy.value = false;
    }
  }

  return { isBusy, problem, attempt };
}
