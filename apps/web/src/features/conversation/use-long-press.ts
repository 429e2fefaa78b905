import { onBeforeUnmount } from 'vue';

const pressMs = 450;
/** A finger is never quite still. */
const slackPx = 10;

/** A finger that stays opens what the right button of a mouse opens; not every phone says so by itself. */
export function useLongPress(onPress: (at: { x: number; y: number }) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start: { x: number; y: number } | undefined;

  function end(): void {
    if (start === undefined) return;
    clearTimeout(timer);
    start = undefined;
  }

  function pointerdown({ pointerType, isPrimary, clientX: x, clientY: y }: PointerEvent): void {
    end();
    if (pointerType !== 'touch' || !isPrimary) return;
    start = { x, y };
    timer = setTimeout(() => onPress({ x, y }), pressMs);
  }

  function pointermove({ clientX, clientY }: PointerEvent): void {
    if (start !== undefined && Math.hypot(clientX - start.x, clientY - start.y) > slackPx) end();
  }

  onBeforeUnmount(end);
  return {
    listeners: { pointerdown, pointermove, pointerup: end, pointercancel: end },
    isTouched: () => start !== undefined,
  };
}
