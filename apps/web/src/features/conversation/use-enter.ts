import { computed } from 'vue';
import { hasKeyboard } from '../../platform/has-keyboard.ts';
import { useSettings } from '../../realtime/views.ts';

/**
 * What Enter does in the composer: it sends, unless the person chose that it breaks the line. A phone's keyboard has no Shift+Enter,
 * so there it always breaks the line. Ctrl+Enter sends always.
 */
export function useEnter() {
  const settings = useSettings();
  const sends = computed(() => hasKeyboard && settings.value?.app.enterSends !== false);

  function isSending({ isComposing, shiftKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
    if (isComposing || shiftKey) return false;
    return sends.value || ctrlKey || metaKey;
  }

  return { sends, isSending };
}
