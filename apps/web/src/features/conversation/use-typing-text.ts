import { type ComputedRef, computed } from 'vue';
import { useI18n } from 'vue-i18n';

/** Who types, in words; empty when nobody does. Between two people it is clear who, and nobody is named who was not met yet. */
export function useTypingText(typers: ComputedRef<readonly string[]>, isDirect: () => boolean): ComputedRef<string> {
  const { t } = useI18n();
  return computed(() => {
    const [first, second, ...more] = typers.value;
    if (first === undefined) return '';
    if (isDirect() || typers.value.includes('')) return t('conversation.typing');
    if (second === undefined) return t('conversation.typesOne', { name: first });
    if (more.length === 0) return t('conversation.typesTwo', { first, second });
    return t('conversation.typesMany', { count: typers.value.length });
  });
}
