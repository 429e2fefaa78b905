import type { Presence } from '@parley/contract';
import { type ComputedRef, computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { ago } from '../../i18n/formats.ts';
import { useNow } from '../../platform/now.ts';

/** How present somebody is, in words. */
export function usePresenceText(presence: ComputedRef<Presence | undefined>): ComputedRef<string> {
  const { t, locale } = useI18n();
  const now = useNow();
  return computed(() => {
    const { state = 'offline', lastSeen } = presence.value ?? {};
    if (state !== 'offline' || lastSeen === undefined) return t(`conversation.${state}`);
    return t('conversation.lastSeen', { when: ago(locale.value, lastSeen, now.value) });
  });
}
