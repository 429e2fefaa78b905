import type { Directive } from 'vue';

/** What has the focus in a row, and where it stands: by then the row may be gone. */
interface Held {
  element: HTMLElement;
  row: number;
  part: number;
}

const held = new WeakMap<HTMLElement, Held>();
const headings = 'h1, h2, h3';
const around = 'dialog, section, aside, main';

const partsOf = (row: Element): HTMLElement[] => [
  ...row.querySelectorAll<HTMLElement>('a[href], button:not(:disabled), [tabindex="0"]'),
];
const rowsOf = (list: Element): Element[] => [...list.querySelectorAll('li')].filter((row) => partsOf(row).length > 0);
const isLost = (): boolean => document.activeElement === null || document.activeElement === document.body;

function note({ currentTarget, target }: FocusEvent): void {
  const [list, element] = [currentTarget as HTMLElement, target as HTMLElement];
  const row = element.closest('li');
  if (row === null || !list.contains(row)) return;
  held.set(list, { element, row: rowsOf(list).indexOf(row), part: partsOf(row).indexOf(element) });
}

function focusOn(element: HTMLElement | null | undefined): void {
  if (!element) return;
  if (element.matches(headings)) element.tabIndex = -1;
  element.focus();
}

const headingAround = (element: Element | null): HTMLElement | null => {
  const box = element?.closest(around) ?? null;
  return box && (box.querySelector<HTMLElement>(headings) ?? headingAround(box.parentElement));
};

/** The same button of the row that came in its place, or of the last one; without any, the heading. */
function handOn(list: HTMLElement): void {
  const lost = held.get(list);
  if (lost === undefined || lost.element.isConnected || !isLost()) return;
  const rows = rowsOf(list);
  const row = rows[Math.min(lost.row, rows.length - 1)];
  const parts = row === undefined ? [] : partsOf(row);
  focusOn(parts[lost.part] ?? parts[0] ?? list.querySelector<HTMLElement>(headings) ?? headingAround(list));
}

/** Of lists that are going away with the focus in them: what is to have it. */
const heirs = new WeakMap<HTMLElement, HTMLElement>();

/** For lists whose rows have a button that removes them: the focus is never lost. */
export const vKeepFocus: Directive<HTMLElement> = {
  mounted: (list) => list.addEventListener('focusin', note),
  updated: handOn,
  beforeUnmount(list) {
    const heading = list.contains(document.activeElement) ? headingAround(list.parentElement) : null;
    if (heading !== null) heirs.set(list, heading);
  },
  unmounted(list) {
    if (isLost()) focusOn(heirs.get(list));
  },
};
