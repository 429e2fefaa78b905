import { isWeakPassword } from '@parley/contract/passwords';
import { type ComputedRef, computed } from 'vue';
import { useI18n } from 'vue-i18n';

type Owner = Parameters<typeof isWeakPassword>[1];

/** Of fewer characters nothing more is to be said. */
const least = 8;

/** What is told below a new password: how long it has to be, and then whether others would guess it. */
export function usePasswordHint(password: () => string, owner: () => Owner): ComputedRef<string> {
  const { t } = useI18n();
  return computed(() => {
    const isWeak = password().length >= least && isWeakPassword(password(), owner());
    return t(isWeak ? 'auth.passwordWeak' : 'auth.passwordHint');
  });
}
