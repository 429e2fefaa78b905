import { defineStore } from 'pinia';
import { ref } from 'vue';

const shownMs = 5_000;

/** One line at the edge of the window, for what has no place of its own. The newest takes the place of the one before. */
export const useNotices = defineStore('notices', () => {
  const text = ref<string>();
  const spoken = ref('');
  let timer: ReturnType<typeof setTimeout> | undefined;

  function show(message: string): void {
    clearTimeout(timer);
    text.value = message;
    timer = setTimeout(() => {
      text.value = undefined;
    }, shownMs);
  }

  /** For whoever does not see what everybody else sees. The same is said anew. */
  function say(words: string): void {
    spoken.value = spoken.value === words ? `${words}\u00a0` : words;
  }

  return { text, show, spoken, say };
});
