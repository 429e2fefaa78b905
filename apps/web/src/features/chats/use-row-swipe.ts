import { computed, ref } from 'vue';

/** Beyond this the release does it. */
const doneAtPx = 84;
/** Before this it may still become scrolling. */
const startAtPx = 12;

export type Side = 'start' | 'end';

/** How far a row may follow the finger: freely at first, then ever harder. */
export const pulled = (distance: number): number => {
  const free = Math.min(Math.abs(distance), doneAtPx);
  const rest = Math.abs(distance) - free;
  return Math.sign(distance) * (free + rest * 0.25);
};

/** Which side is uncovered: `start` is where lines of text begin. */
export const sideOf = (distance: number, isRtl: boolean): Side => (distance > 0 !== isRtl ? 'start' : 'end');

/** A finger that draws a row aside uncovers what letting go will do. */
export function useRowSwipe(onDone: (side: Side) => void) {
  const distance = ref(0);
  let from: { x: number; y: number } | undefined;
  let isSwiping = false;

  const isRtl = (): boolean => document.documentElement.dir === 'rtl';
  const side = computed(() => (distance.value === 0 ? undefined : sideOf(distance.value, isRtl())));
  const isReady = computed(() => Math.abs(distance.value) >= doneAtPx);

  function pointerdown({ pointerType, isPrimary, clientX, clientY }: PointerEvent): void {
    if (pointerType === 'touch' && isPrimary) from = { x: clientX, y: clientY };
  }

  function pointermove(event: PointerEvent): void {
    if (from === undefined) return;
    const [across, along] = [event.clientX - from.x, Math.abs(event.clientY - from.y)];
    if (!isSwiping && along > startAtPx) {
      reset();
      return;
    }
    if (!isSwiping && Math.abs(across) < startAtPx) return;
    if (!isSwiping && event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId);
    isSwiping = true;
    distance.value = pulled(across);
  }

  function pointerup(): void {
    const done = isReady.value ? side.value : undefined;
    reset();
    if (done !== undefined) onDone(done);
  }

  function reset(): void {
    from = undefined;
    distance.value = 0;
    // The click that ends a swipe comes after this and must not open the chat.
    setTimeout(() => {
      isSwiping = false;
    });
  }

  /** In the capturing phase: a swipe is no click. */
  function click(event: MouseEvent): void {
    if (!isSwiping) return;
    event.preventDefault();
    event.stopPropagation();
  }

  return {
    distance,
    side,
    isReady,
    click,
    listeners: { pointerdown, pointermove, pointerup, pointercancel: reset },
  };
}
