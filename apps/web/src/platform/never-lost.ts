/** What has the focus, and what it stands in from inside out: by the time it is gone nobody can tell. */
interface Held {
  element: HTMLElement;
  around: HTMLElement[];
}

let held: Held | undefined;
let looking = 0;
/** By the tabulator key out of the page, or by a click beside everything. */
let isLetGo = false;

const isNowhere = (): boolean => document.activeElement === null || document.activeElement === document.body;
const isSeen = (element: Element): boolean => element.checkVisibility({ visibilityProperty: true });
const isUsable = (element: HTMLElement): boolean =>
  isSeen(element) && !element.matches(':disabled') && element.closest('[inert]') === null;

function aroundOf(element: HTMLElement): HTMLElement[] {
  const parent = element.parentElement;
  return parent === null ? [] : [parent, ...aroundOf(parent)];
}

function note({ target }: FocusEvent): void {
  isLetGo = false;
  if (target instanceof HTMLElement) held = { element: target, around: aroundOf(target) };
}

/** What takes the focus by itself, else the heading of the page or of the part. */
function heirIn(box: HTMLElement): HTMLElement | undefined {
  if (!isUsable(box)) return undefined;
  if (box.matches('dialog, [popover], [tabindex]')) return box;
  const headings = [...box.querySelectorAll<HTMLElement>('main h1, h1, h2, h3')].filter(isUsable);
  return headings.find((heading) => heading.matches('main h1')) ?? headings[0];
}

function handOn(): void {
  if (held === undefined || !isNowhere()) return;
  const isThere = isUsable(held.element);
  if (isThere && isLetGo) return;
  // One that is there all the same was moved, which the browser takes for going away.
  const heir = isThere ? held.element : held.around.map(heirIn).find((found) => found !== undefined);
  if (heir === undefined) return;
  if (!heir.hasAttribute('tabindex')) heir.tabIndex = -1;
  heir.focus({ preventScroll: true });
}

/** In the second frame: in the first the page is drawn without it, and whoever knows better has had the time. */
function look(): void {
  if (held === undefined || looking !== 0 || !isNowhere()) return;
  looking = requestAnimationFrame(() => {
    looking = requestAnimationFrame(() => {
      looking = 0;
      handOn();
    });
  });
}

/** For the whole page: what goes away, is hidden or disabled with the focus on it, leaves it to what stood around it. */
export function keepFocusSomewhere(): void {
  document.addEventListener('focusin', note);
  document.addEventListener('keydown', ({ key }) => (isLetGo = key === 'Tab'), { capture: true });
  document.addEventListener('pointerdown', () => (isLetGo = true), { capture: true });
  document.addEventListener('focusout', ({ relatedTarget }) => relatedTarget === null && look());
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}
