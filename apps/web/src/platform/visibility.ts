import { readonly, ref } from 'vue';

const isVisible = ref(document.visibilityState === 'visible');
document.addEventListener('visibilitychange', () => {
  isVisible.value = document.visibilityState === 'visible';
});

/** Whether the tab can be seen. */
export const useVisibility = () => readonly(isVisible);
