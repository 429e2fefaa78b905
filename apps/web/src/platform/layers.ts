import { onScopeDispose, watch } from 'vue';
import type { Router } from 'vue-router';
import { keepBackGuard } from './back-guard.ts';

interface Layer {
  close(): void;
  /** The address beneath it, which stays the same while it is open. */
  address: string;
}

/** What lies over the page and is not in the address; what was opened last is the uppermost. */
const layers: Layer[] = [];
let onChange = (): void => undefined;

/** Whether there was one. */
export function closeTopLayer(): boolean {
  const top = topAt(addressNow());
  top?.close();
  return top !== undefined;
}

/** Until it is called, going back closes this instead. */
export function openLayer(close: () => void): () => void {
  const layer = { close, address: addressNow() };
  layers.push(layer);
  onChange();
  return () => {
    const index = layers.indexOf(layer);
    if (index >= 0) layers.splice(index, 1);
    onChange();
  };
}

/** For what is open by turns. */
export function useLayer(isOpen: () => boolean, close: () => void): void {
  let forget: (() => void) | undefined;
  const end = (): void => {
    forget?.();
    forget = undefined;
  };
  watch(
    isOpen,
    (open) => {
      end();
      if (open) forget = openLayer(close);
    },
    { immediate: true },
  );
  onScopeDispose(end);
}

/** What was opened on another page waits there. */
function topAt(address: string): Layer | undefined {
  const top = layers.at(-1);
  return top?.address === address ? top : undefined;
}

const addressNow = (): string => location.pathname + location.search;

/** The button of the browser or the phone that leads back: one layer goes, and the page stays where it is. */
export function closeLayersOnBack(router: Router): void {
  let leadsBack = false;
  router.options.history.listen((_to, _from, { direction }) => {
    leadsBack = direction === 'back';
  });
  router.beforeEach((to, from) => {
    const top = leadsBack ? topAt(from.fullPath) : undefined;
    leadsBack = false;
    if (top === undefined) return true;
    top.close();
    // From the guard one comes to the same page, and stays there.
    return to.fullPath === from.fullPath;
  });
  onChange = keepBackGuard(router, () => topAt(addressNow()) !== undefined);
}
