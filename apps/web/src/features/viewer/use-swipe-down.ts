const farEnough = 110;

/** A finger that pulls the picture down closes it; let go before, it springs back. */
export function useSwipeDown(isWanted: () => boolean, close: () => void) {
  let start: { id: number; x: number; y: number } | undefined;

  const put = (element: EventTarget | null, by: number): void => {
    if (element instanceof HTMLElement) element.style.setProperty('--pulled', `${by}px`);
  };

  return {
    pointerdown({ pointerType, pointerId: id, clientX: x, clientY: y, isPrimary }: PointerEvent): void {
      // A second finger zooms.
      start = pointerType === 'touch' && isPrimary && isWanted() ? { id, x, y } : undefined;
    },
    pointermove({ currentTarget, pointerId, clientY }: PointerEvent): void {
      if (start?.id === pointerId) put(currentTarget, Math.max(0, clientY - start.y));
    },
    pointerup({ currentTarget, pointerId, clientX, clientY }: PointerEvent): void {
      if (start?.id !== pointerId) return;
      const [x, y] = [Math.abs(clientX - start.x), clientY - start.y];
      start = undefined;
      put(currentTarget, 0);
      if (y > farEnough && y > x * 1.5) close();
    },
    pointercancel({ currentTarget }: PointerEvent): void {
      start = undefined;
      put(currentTarget, 0);
    },
  };
}
