import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';

const shownMs = 5_000;

/** What may be done about it. */
interface Way {
  text: string;
  go(): unknown;
}

/** One line at the edge of the window, for what has no place of its own. The newest takes the place of the one before. */
export const useNotices = defineStore('notices', () => {
  const text = ref<string>();
  const way = shallowRef<Way>();
  const spoken = ref('');
  let timer: ReturnType<typeof setTimeout> | undefined;

  function hide(): void {
    clearTimeout(timer);
    text.value = undefined;
    way.value = undefined;
  }

  function show(message: string, onward?: Way): void {
    clearTimeout(timer);
    text.value = message;
    way.value = onward;
    timer = setTimeout(hide, shownMs);
  }

  /** For whoever does not see what everybody else sees. The same is said anew. */
  function say(words: string): void {
    spoken.value = spoken.value === words ? `${words}\u00a0` : words;
  }

  return { text, way, show, hide, spoken, say };
});
