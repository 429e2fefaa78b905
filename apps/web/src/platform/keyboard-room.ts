/**
 * What the virtual keyboard covers of the window, for whatever stands at the lower edge: `--keyboard`. Browsers that make the page
 * smaller instead (`interactive-widget`) cover nothing; Safari does.
 */
export function watchKeyboard(): void {
  const seen = window.visualViewport;

  function look(): void {
    if (seen === null) return;
    const missing = Math.round(window.innerHeight - seen.height * seen.scale - seen.offsetTop);
    // Less than a keyboard is a bar of the browser that comes and goes, and zooming covers nothing.
    const covered = seen.scale === 1 && missing > 100 ? missing : 0;
    document.documentElement.style.setProperty('--keyboard', `${covered}px`);
  }

  seen?.addEventListener('resize', look);
  seen?.addEventListener('scroll', look);
}
