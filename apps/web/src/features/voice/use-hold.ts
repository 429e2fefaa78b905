import { onBeforeUnmount, readonly, ref } from 'vue';

interface Actions {
  begin(): void;
  /** Let go after holding. */
  finish(): void;
  cancel(): void;
}

const heldMs = 400;
const farAway = 90;

/**
 * A button that is held: begins at once, ends when let go, and is given up by moving away to the start of the line. A short click
 * only begins; what follows is up to other buttons.
 */
export function useHold({ begin, finish, cancel }: Actions) {
  const isHeld = ref(false);
  let start: { x: number; at: number } | undefined;

  const move = ({ clientX }: PointerEvent): void => {
    if (start === undefined) return;
    const way = (start.x - clientX) * (document.dir === 'rtl' ? -1 : 1);
    if (way < farAway) return;
    end();
    cancel();
  };
  const up = (): void => {
    const wasHeld = start !== undefined && performance.now() - start.at >= heldMs;
    end();
    if (wasHeld) finish();
  };

  function end(): void {
    start = undefined;
    isHeld.value = false;
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', up);
    removeEventListener('pointercancel', end);
  }

  function pointerdown(event: PointerEvent): void {
    if (event.button !== 0) return;
    // The button goes away beneath the finger.
    const { target, pointerId } = event;
    if (target instanceof Element && target.hasPointerCapture(pointerId)) target.releasePointerCapture(pointerId);
    start = { x: event.clientX, at: performance.now() };
    isHeld.value = true;
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', end);
    begin();
  }

  /** By the keyboard or a screen reader. */
  const click = ({ detail }: MouseEvent): void => {
    if (detail === 0) begin();
  };

  onBeforeUnmount(end);
  return { isHeld: readonly(isHeld), on: { pointerdown, click } };
}
