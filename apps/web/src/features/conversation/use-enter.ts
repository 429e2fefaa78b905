import { computed } from 'vue';
import { useSettings } from '../../realtime/views.ts';

/** A phone's keyboard has no Shift+Enter, so there Enter always breaks the line. */
const hasKeyboard = !matchMedia('(hover: none) and (pointer: coarse)').matches;

/** What Enter does in the composer: it sends, unless the person chose that it breaks the line. Ctrl+Enter sends always. */
export function useEnter() {
  const settings = useSettings();
  const sends = computed(() => hasKeyboard && settings.value?.app.enterSends !== false);

  function isSending({ isComposing, shiftKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
    if (isComposing || shiftKey) return false;
    return sends.value || ctrlKey || metaKey;
  }

  return { hasKeyboard, sends, isSending };
}
