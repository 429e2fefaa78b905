import { nextTick, onBeforeUpdate, onUpdated, type Ref } from 'vue';
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
}

const isMessage = ({ entry }: Row): boolean => entry?.kind === 'message';

/** Arrows go from message to message when the list has the focus; Enter opens the menu, Space selects, Escape leaves. */
export function useRowKeys(options: Options) {
  const { viewport, rows, elementOf } = options;
  /** Where the focus was last, also when that row is not made any more. */
  let last: string | undefined;

  const focused = (): string | undefined =>
    document.activeElement instanceof HTMLElement ? document.activeElement.dataset.row : undefined;

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

  async function focus(key: string): Promise<void> {
    last = key;
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

  const keys: Readonly<Record<string, () => unknown>> = {
    ArrowUp: () => move(-1),
    ArrowDown: () => move(1),
    End: options.toNewest,
    Enter: open,
    ' ': select,
    Escape: options.leave,
  };

  function keydown(event: KeyboardEvent): void {
    const isOnRow = event.target === viewport.value || focused() !== undefined;
    if (!isOnRow || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const act = keys[event.key];
    if (act === undefined || (event.key === ' ' && focused() === undefined)) return;
    event.preventDefault();
    event.stopPropagation();
    void act();
  }

  /** A row that goes, because it is far or was deleted, leaves the focus to the list. */
  let hadFocus = false;
  onBeforeUpdate(() => {
    hadFocus = viewport.value?.contains(document.activeElement) === true;
  });
  onUpdated(async () => {
    if (!hadFocus) return;
    await nextTick();
    if (document.activeElement === document.body) viewport.value?.focus({ preventScroll: true });
  });

  return { keydown };
}
