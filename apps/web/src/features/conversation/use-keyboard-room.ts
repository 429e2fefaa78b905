import { onBeforeUnmount, ref } from 'vue';

/**
 * What the virtual keyboard covers of the window, in px. Browsers that make the page smaller instead (`interactive-widget`) cover
 * nothing; Safari does.
 */
export function useKeyboardRoom() {
  const covered = ref(0);
  const seen = window.visualViewport;

  function look(): void {
    if (seen === null) return;
    const missing = Math.round(window.innerHeight - seen.height * seen.scale - seen.offsetTop);
    // Less than a keyboard is a bar of the browser that comes and goes, and zooming covers nothing.
    covered.value = seen.scale === 1 && missing > 100 ? missing : 0;
  }

  seen?.addEventListener('resize', look);
  seen?.addEventListener('scroll', look);
  onBeforeUnmount(() => {
    seen?.removeEventListener('resize', look);
    seen?.removeEventListener('scroll', look);
  });
  return covered;
}
