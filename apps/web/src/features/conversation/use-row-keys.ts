import { nextTick, onBeforeUnmount, onBeforeUpdate, onUpdated, type Ref, watch } from 'vue';
import type { Row } from './rows.ts';
import type { Point } from './use-row-gestures.ts';
import type { Aim } from './use-virtual-rows.ts';

interface Options {
  viewport: Readonly<Ref<HTMLElement | null>>;
  rows(): readonly Row[];
  elementOf(key: string): HTMLElement | undefined;
  goTo(aim: Aim): Promise<void>;
  toNewest(): Promise<void>;
  isSelecting(): boolean;
  menu(key: string, at: Point): void;
  select(key: string): void;
  leave(): void;
  /** What was jumped to: arrows go on from there. */
  flashed: Readonly<Ref<string | undefined>>;
}

const isMessage = ({ entry }: Row): boolean => entry?.kind === 'message';

const controls = 'a[href], button, input:not(.mark), audio, video';
/** They have a use of their own for arrows. */
const movable = 'input, audio, video';

/**
 * Arrows go from message to message when the list has the focus; Enter opens the menu, Space selects, Escape leaves. The tabulator
 * key stops at what is inside of the message that had the focus last, and of no other.
 */
export function useRowKeys(options: Options) {
  const { viewport, rows, elementOf } = options;
  /** Where the focus was last, also when that row is not made any more. */
  let last: string | undefined;

  /** Those beside it, of which one has the focus when it is gone. */
  let beside: readonly (string | undefined)[] = [];

  const rowOf = (element: Element | null): HTMLElement | null | undefined =>
    viewport.value?.contains(element) ? element?.closest<HTMLElement>('[data-row]') : undefined;
  const focused = (): string | undefined => rowOf(document.activeElement)?.dataset.row;

  function lowestSeen(): string | undefined {
    const bottom = (viewport.value?.getBoundingClientRect().bottom ?? 0) + 1;
    const seen = rows()
      .filter(isMessage)
      .map(({ key }) => key);
    return seen.findLast(
      (key) => (elementOf(key)?.getBoundingClientRect().bottom ?? Number.POSITIVE_INFINITY) <= bottom,
    );
  }

  function isSeen(key: string): boolean {
    const row = elementOf(key)?.getBoundingClientRect();
    const box = viewport.value?.getBoundingClientRect();
    return row !== undefined && box !== undefined && row.bottom > box.top && row.top < box.bottom;
  }

  /** Goes on from where the focus was, unless the reader has scrolled away from there. */
  async function move(step: 1 | -1): Promise<void> {
    const all = rows().filter(isMessage);
    const from = focused() ?? (last !== undefined && isSeen(last) ? last : undefined);
    const index = all.findIndex(({ key }) => key === from);
    const next = index < 0 ? all.find(({ key }) => key === lowestSeen()) : all[index + step];
    if (next !== undefined) await focus(next.key);
  }

  function note(key: string): void {
    const all = rows().filter(isMessage);
    const index = all.findIndex((row) => row.key === key);
    last = key;
    beside = [all[index + 1]?.key, all[index - 1]?.key];
  }

  async function focus(key: string): Promise<void> {
    note(key);
    if (elementOf(key) === undefined) await options.goTo({ kind: 'row', key, place: 'center' });
    const element = elementOf(key);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: 'nearest' });
  }

  function open(): void {
    const key = focused();
    const bubble = key === undefined ? undefined : elementOf(key)?.querySelector('.bubble');
    if (key === undefined || bubble == null) return;
    const { left, right, bottom } = bubble.getBoundingClientRect();
    options.menu(key, { x: document.dir === 'rtl' ? right - 200 : left, y: bottom });
  }

  const select = (): void => {
    const key = focused();
    if (key !== undefined) options.select(key);
  };

  /** First out of what is inside of a message. */
  function leave(): void {
    const row = rowOf(document.activeElement);
    if (row?.hasAttribute('tabindex') && row !== document.activeElement) row.focus();
    else options.leave();
  }

  const keys: Readonly<Record<string, () => unknown>> = {
    ArrowUp: () => move(-1),
    ArrowDown: () => move(1),
    Escape: leave,
  };
  /** Inside of a message they are those of what has the focus. */
  const rowOnly: Readonly<Record<string, () => unknown>> = {
    End: options.toNewest,
    Enter: open,
    ' ': select,
  };

  function actOf({ key, target }: KeyboardEvent): (() => unknown) | undefined {
    if (!(target instanceof Element)) return undefined;
    const isRow = target.matches('[data-row]');
    if (isRow || target === viewport.value) return keys[key] ?? (key === ' ' && !isRow ? undefined : rowOnly[key]);
    return target.matches(movable) && key !== 'Escape' ? undefined : keys[key];
  }

  function keydown(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const act = actOf(event);
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    void act();
  }

  watch(options.flashed, (key) => key !== undefined && note(key));

  function focusin({ target }: FocusEvent): void {
    const key = rowOf(target as Element)?.dataset.row;
    if (key !== undefined) note(key);
  }

  /** Just before the browser looks for the next stop. */
  function narrowStops({ key }: KeyboardEvent): void {
    if (key !== 'Tab') return;
    const stop = last !== undefined && isSeen(last) ? last : undefined;
    for (const row of viewport.value?.querySelectorAll<HTMLElement>('[data-message]') ?? [])
      for (const control of row.querySelectorAll<HTMLElement>(controls))
        control.tabIndex = row.dataset.row === stop ? 0 : -1;
  }
  addEventListener('keydown', narrowStops, { capture: true });
  onBeforeUnmount(() => removeEventListener('keydown', narrowStops, { capture: true }));

  /** A row that was deleted leaves the focus to the one beside it, one that is far from view to the list. */
  let hadFocus = false;
  onBeforeUpdate(() => {
    hadFocus = viewport.value?.contains(document.activeElement) === true;
  });
  onUpdated(async () => {
    const known = new Set(rows().map(({ key }) => key));
    const isGone = last !== undefined && !known.has(last);
    if (!hadFocus && !isGone) return;
    // A menu it was done by goes a moment later.
    await (isGone ? new Promise(requestAnimationFrame) : nextTick());
    if (isGone) last = undefined;
    if (document.activeElement !== document.body) return;
    const heir = isGone ? beside.find((key) => key !== undefined && known.has(key)) : undefined;
    if (heir === undefined) viewport.value?.focus({ preventScroll: true });
    else await focus(heir);
  });

  return { keydown, focusin };
}
