import { type ComputedRef, computed, onBeforeUnmount, type Ref, ref, watch } from 'vue';
import { type Rows, visibleRows } from './visible-rows.ts';

/** 72 px at the usual size of text; grows with it. */
const rowRem = 4.8;

/** Which rows of a long list are drawn: those in sight of the pane that scrolls it. */
export function useVisibleRows(list: Readonly<Ref<HTMLElement | null>>, count: () => number) {
  const scrolled = ref(0);
  const height = ref(0);
  const rowHeight = ref(72);
  let pane: HTMLElement | null = null;
  /** Where the list begins in the pane. What moves it changes the size of something, too. */
  let top = 0;
  const resizing = new ResizeObserver(measure);

  function measure(): void {
    if (pane === null || list.value === null) return;
    rowHeight.value = rowRem * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    height.value = pane.clientHeight;
    top = list.value.getBoundingClientRect().top - pane.getBoundingClientRect().top + pane.scrollTop;
    follow();
  }

  /** While scrolling nothing is measured: that would lay the page out once more for each frame. */
  function follow(): void {
    if (pane !== null) scrolled.value = pane.scrollTop - top;
  }

  function leave(): void {
    pane?.removeEventListener('scroll', follow);
    resizing.disconnect();
  }

  function settle(element: HTMLElement | null): void {
    leave();
    pane = element?.closest<HTMLElement>('[data-scroller]') ?? null;
    if (pane === null || element === null) return;
    pane.addEventListener('scroll', follow, { passive: true });
    for (const each of [pane, element, document.documentElement]) resizing.observe(each);
    measure();
  }

  // There is none while it is empty.
  watch(list, settle, { flush: 'post' });
  onBeforeUnmount(leave);

  const rows: ComputedRef<Rows> = computed((before) => {
    const next = visibleRows({
      scrolled: scrolled.value,
      height: height.value,
      rowHeight: rowHeight.value,
      count: count(),
    });
    return before?.first === next.first && before.end === next.end ? before : next;
  });

  /** Brings a row into sight, whether it is drawn or not. */
  function reveal(index: number): void {
    if (pane === null || list.value === null) return;
    const top = list.value.getBoundingClientRect().top - pane.getBoundingClientRect().top + index * rowHeight.value;
    const below = top + rowHeight.value - pane.clientHeight;
    if (top < 0) pane.scrollBy({ top });
    else if (below > 0) pane.scrollBy({ top: below });
    measure();
  }

  return { rows, rowHeight, reveal };
}
