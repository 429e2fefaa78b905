import { nextTick, onBeforeUnmount, onMounted, type Ref, ref, shallowRef, watch } from 'vue';
import { createHeights } from './row-heights.ts';
import { covers, offsetsOf, type Row, rowAt, rowsOf, type Shown, type Slice, shownOf, sliceFor } from './rows.ts';
import { firstBelow } from './scroll-place.ts';
import type { Day } from './timeline.ts';

/** Where the view belongs: at the end, with rows where they were, or with one row at a place of its own. */
export type Aim =
  | { kind: 'end' }
  | { kind: 'rows'; at: readonly { key: string; top: number }[] }
  | { kind: 'row'; key: string; place: 'start' | 'center' };

interface Options {
  viewport: Readonly<Ref<HTMLElement | null>>;
  content: Readonly<Ref<HTMLElement | null>>;
  days: Readonly<Ref<readonly Day[]>>;
  /** Whether the end of the content is the end of the conversation: then the reader who is there stays there. */
  isWhole(): boolean;
  /** Where it opens, as soon as that is known. */
  opening(rows: readonly Row[]): Aim | undefined;
  /** The reader scrolled, or the content moved. */
  onPlace(): void;
}

const nearEnd = 48;
/** Room above a row that is shown at the upper edge: the date sticks there. */
const startRoom = 64;
/** Guessed heights may need a second look; more would mean that rows change while they are looked at. */
const mostRounds = 4;

/**
 * Makes only the rows around the view, and keeps what is read where it is: when history is put before it, when a row turns out
 * higher than guessed, when the window or the composer changes its height. At the end it stays at the end. Rows are the elements
 * with `data-row`, their value is the key; dates are those with `data-date`.
 */
export function useVirtualRows({ viewport, content, days, isWhole, opening, onPlace }: Options) {
  const isAtEnd = ref(true);
  const shown = shallowRef<Shown>({ before: 0, after: 0, days: [] });
  const heights = createHeights(() => content.value?.clientWidth ?? innerWidth);
  let rows: readonly Row[] = [];
  let offsets: readonly number[] = [0];
  let slice: Slice = { start: 0, end: 0 };
  let aim: Aim = { kind: 'end' };
  let isPlaced = false;
  let elements: HTMLElement[] = [];
  /** Where the view was when the aim was taken. */
  let knownTop = 0;
  /** Of the view when it was looked at last. */
  let height = 0;

  const viewHeight = (): number => viewport.value?.clientHeight ?? innerHeight;
  const topOf = (row: HTMLElement): number =>
    row.getBoundingClientRect().top - (viewport.value?.getBoundingClientRect().top ?? 0);
  const indexOf = (key: string): number => rows.findIndex((row) => row.key === key);

  /** Where the aim puts the upper edge of the view, as far as heights are known. */
  function aimedTop(): number {
    const last = Math.max(0, offsets.at(-1)! - viewHeight());
    if (aim.kind === 'end') return last;
    const held =
      aim.kind === 'rows' ? aim.at.find(({ key }) => indexOf(key) >= 0) : { key: aim.key, top: roomFor(aim) };
    const index = held === undefined ? -1 : indexOf(held.key);
    if (held === undefined || index < 0) return Math.min(last, viewport.value?.scrollTop ?? last);
    return Math.max(0, Math.min(last, offsets[index]! - held.top));
  }

  function roomFor({ key, place }: Aim & { kind: 'row' }): number {
    const row = rows[indexOf(key)];
    if (place === 'start' || row === undefined) return startRoom;
    return Math.max(startRoom, (viewHeight() - heights.of(row)) / 2);
  }

  /** Chooses what is made; what is made then is looked at by `settle`. */
  function plan(): void {
    const top = aimedTop();
    slice = sliceFor(offsets, top, top + viewHeight());
    shown.value = shownOf(days.value, rows, offsets, slice);
  }

  function takeDays(): void {
    // The reader went on, and the browser has not said so yet.
    if (viewport.value !== null && viewport.value.scrollTop !== knownTop) remember();
    rows = rowsOf(days.value);
    heights.keep(new Set(rows.map(({ key }) => key)));
    offsets = offsetsOf(rows, heights.of);
    const first = isPlaced ? undefined : opening(rows);
    if (first !== undefined) {
      aim = first;
      isPlaced = true;
    }
    plan();
  }

  function measure(): void {
    elements = [...(content.value?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
    const dates = content.value?.querySelectorAll<HTMLElement>('[data-date]') ?? [];
    let isNew = false;
    for (const element of [...elements, ...dates]) {
      const key = element.dataset.row ?? element.dataset.date ?? '';
      if (heights.learn(key, element.getBoundingClientRect().height)) isNew = true;
    }
    if (isNew) offsets = offsetsOf(rows, heights.of);
  }

  const elementOf = (key: string): HTMLElement | undefined => elements.find(({ dataset }) => dataset.row === key);

  /** Moves the view to where the aim wants it, by what is really there. */
  function move(): void {
    const box = viewport.value;
    if (box === null) return;
    if (aim.kind === 'end') box.scrollTop = box.scrollHeight;
    else moveToRow(box, aim);
    knownTop = box.scrollTop;
  }

  function moveToRow(box: HTMLElement, aim: Exclude<Aim, { kind: 'end' }>): void {
    const wanted = aim.kind === 'rows' ? aim.at : [{ key: aim.key, top: roomFor(aim) }];
    const held = wanted.find(({ key }) => elementOf(key) !== undefined);
    if (held === undefined) return;
    const delta = topOf(elementOf(held.key)!) - held.top;
    if (Math.abs(delta) >= 0.5) box.scrollTop += delta;
  }

  const isCovered = (): boolean => {
    const top = viewport.value?.scrollTop ?? 0;
    return covers(slice, offsets, top, top + viewHeight());
  };

  /** After something was made: nothing is painted before this has run. */
  async function settle(round = 0): Promise<void> {
    if (viewport.value === null) return;
    measure();
    move();
    if (!isCovered() && round < mostRounds) {
      plan();
      await nextTick();
      return settle(round + 1);
    }
    remember();
    onPlace();
  }

  /** Takes what the reader sees as where the view belongs. */
  function remember(): void {
    const box = viewport.value;
    if (box === null || !isPlaced) return;
    knownTop = box.scrollTop;
    height = box.clientHeight;
    isAtEnd.value = box.scrollHeight - box.scrollTop - box.clientHeight < nearEnd;
    aim = isAtEnd.value && isWhole() ? { kind: 'end' } : { kind: 'rows', at: seen() };
  }

  function seen(): { key: string; top: number }[] {
    const box = viewport.value!.getBoundingClientRect();
    const first = firstBelow(elements.length, box.top, (index) => elements[index]!.getBoundingClientRect().bottom);
    const visible = elements.slice(first, first + 20).filter((row) => row.getBoundingClientRect().top < box.bottom);
    if (visible.length > 0) return visible.map((row) => ({ key: row.dataset.row ?? '', top: topOf(row) }));
    // Thrown so far that nothing of it is made yet.
    const { scrollTop } = viewport.value!;
    const index = rowAt(offsets, scrollTop);
    const near = rows.slice(index, index + 3).filter(({ entry }) => entry !== undefined);
    return near.map(({ key }, step) => ({ key, top: offsets[index + step]! - scrollTop }));
  }

  async function onScroll(): Promise<void> {
    // In a frame the scrolling is told before a new size: a view that only lost height was not left by the reader.
    const { clientHeight, scrollTop } = viewport.value ?? { clientHeight: height, scrollTop: knownTop };
    if (clientHeight !== height && scrollTop === knownTop) move();
    remember();
    if (isCovered()) return onPlace();
    plan();
    await nextTick();
    await settle();
  }

  /** Something changed its size. Rows are not made inside of the observer: that would call it again in the same frame. */
  function hold(): void {
    measure();
    move();
    remember();
    if (!isCovered()) requestAnimationFrame(() => void onScroll());
    else onPlace();
  }

  async function goTo(next: Aim): Promise<void> {
    aim = next;
    isPlaced = true;
    knownTop = viewport.value?.scrollTop ?? 0;
    plan();
    await nextTick();
    await settle();
  }

  /** Sequence of the last message that is wholly in sight. */
  function lastSeen(): number | undefined {
    const line = (viewport.value?.getBoundingClientRect().bottom ?? 0) + 1;
    const index = firstBelow(elements.length, line, (at) => elements[at]!.getBoundingClientRect().bottom);
    const last = elements.slice(0, index).findLast(({ dataset }) => dataset.sequence !== undefined);
    return last === undefined ? undefined : Number(last.dataset.sequence);
  }

  takeDays();
  watch(days, takeDays);
  watch(days, () => settle(), { flush: 'post' });

  const resizes = new ResizeObserver(hold);
  onMounted(() => {
    void settle();
    for (const element of [viewport.value, content.value]) if (element !== null) resizes.observe(element);
  });
  onBeforeUnmount(() => resizes.disconnect());

  return {
    shown,
    isAtEnd,
    isPlaced: () => isPlaced,
    onScroll,
    goTo,
    lastSeen,
    elementOf,
    rows: () => rows,
    /** Looks at the days again, and at where to open if that was not known. */
    async takeDays(): Promise<void> {
      takeDays();
      await nextTick();
      await settle();
    },
  };
}
