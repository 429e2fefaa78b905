import type { Directive } from 'vue';

const steps: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** Where the tabulator key stops in a list: at what had the focus last. */
const stops = new WeakMap<HTMLElement, HTMLElement>();
/** What to do at the upper end. */
const ways = new WeakMap<HTMLElement, (() => void) | undefined>();

const controlsOf = (list: HTMLElement): HTMLElement[] => [
  ...list.querySelectorAll<HTMLElement>('a[href], button:not(:disabled)'),
];

function settle(list: HTMLElement): void {
  const all = controlsOf(list);
  const stop = all.find((one) => one === stops.get(list)) ?? all[0];
  for (const one of all) one.tabIndex = one === stop ? 0 : -1;
}

function move(event: KeyboardEvent): void {
  const step = steps[event.key];
  const list = event.currentTarget as HTMLElement;
  if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = controlsOf(list);
  const index = all.indexOf(document.activeElement as HTMLElement);
  if (index < 0) return;
  event.preventDefault();
  const next = step(index, all.length);
  if (next < 0) ways.get(list)?.();
  else all[next]?.focus();
}

function note({ currentTarget, target }: FocusEvent): void {
  stops.set(currentTarget as HTMLElement, target as HTMLElement);
  settle(currentTarget as HTMLElement);
}

/**
 * A list that is one stop for the tabulator key. Arrow keys move between its links and buttons, Home and End to its ends; above the
 * first one stands what the value leads to.
 */
export const vRoving: Directive<HTMLElement, (() => void) | undefined> = {
  mounted(list, { value }) {
    ways.set(list, value);
    list.addEventListener('keydown', move);
    list.addEventListener('focusin', note);
    settle(list);
  },
  updated(list, { value }) {
    ways.set(list, value);
    settle(list);
  },
};
