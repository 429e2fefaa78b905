import { hasKeyboard } from '../../platform/has-keyboard.ts';

const parts = 'nav.pane, main, aside';
/** Where one begins in each. */
const beginnings = `[data-row-link][tabindex="0"], h1, h2${hasKeyboard ? ', .composer textarea' : ''}`;

const isSeen = (element: Element): boolean => element.checkVisibility() && element.closest('[inert]') === null;

function begin(part: HTMLElement | undefined): void {
  const found = [...(part?.querySelectorAll<HTMLElement>(beginnings) ?? [])].filter(isSeen);
  const first = found.find((one) => !one.matches('h1, h2')) ?? found[0];
  if (first?.matches('h1, h2')) first.tabIndex = -1;
  first?.focus();
}

/** From the list to the conversation, to what stands beside it, and around again; false where there is only one. */
export function toNextPart(): boolean {
  const all = [...document.querySelectorAll<HTMLElement>(parts)].filter(isSeen);
  if (all.length < 2) return false;
  const from = all.findIndex((part) => part.contains(document.activeElement));
  begin(all[(from + 1) % all.length]);
  return true;
}

/** To what was gone to from elsewhere; whoever is there already stays where they are. */
export function toMainPart(): void {
  const main = document.querySelector<HTMLElement>('main');
  if (main === null || !isSeen(main) || main.contains(document.activeElement)) return;
  if (document.querySelector('dialog[open]') === null) begin(main);
}
