import type { Router } from 'vue-router';

/** An entry of the history that stands for what lies over the first page of the app, so that going back takes that away. */
const mark = { isGuard: true };

const isGuarded = (): boolean => history.state?.isGuard === true;
/** Beneath it is no page of the app: going back leaves. */
const isFirstPage = (): boolean => history.state?.back === null;
/** To wait for the browser to go back. */
const longestMs = 500;
/** Where one goes back by a button of the device, which leaves the app as soon as there is nothing to go back to. */
const hasBackButton = matchMedia('(pointer: coarse)');

/**
 * Keeps the entry there as long as something is open, and takes it away with the last: nobody has to go back twice from a page on
 * which nothing is open. To be called, by what it answers, whenever that may have changed.
 */
export function keepBackGuard(router: Router, isOpen: () => boolean): () => void {
  const entries = router.options.history;
  let lowering: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** The router is not told: it stays on the page. */
  function lower(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    addEventListener('popstate', () => resolve(), { once: true });
    // Nothing may ever wait for good.
    setTimeout(resolve, longestMs);
    entries.go(-1, false);
    return promise;
  }

  async function match(): Promise<void> {
    await lowering;
    lowering = undefined;
    if (isOpen() === isGuarded()) return;
    if (isGuarded()) lowering = lower();
    else if (hasBackButton.matches && isFirstPage()) entries.push(router.currentRoute.value.fullPath, mark);
  }

  /** Not at once: what closes is often followed by something else that opens. */
  function matchSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void match());
  }

  // Whatever is opened from here takes the place of the entry.
  router.beforeEach(async ({ path, query, hash, fullPath, redirectedFrom }, from) => {
    await lowering;
    if (!isGuarded() || fullPath === from.fullPath || redirectedFrom !== undefined) return true;
    return { path, query, hash, replace: true, state: { isGuard: false } };
  });
  router.afterEach(matchSoon);
  return matchSoon;
}
