import { defineStore } from 'pinia';
import { ref } from 'vue';

const shownMs = 5_000;

/** One line at the edge of the window, for what has no place of its own. The newest takes the place of the one before. */
export const useNotices = defineStore('notices', () => {
  const text = ref<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function show(message: string): void {
    clearTimeout(timer);
    text.value = message;
    timer = setTimeout(() => {
      text.value = undefined;
    }, shownMs);
  }

  return { text, show };
});
