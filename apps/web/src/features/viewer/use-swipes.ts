const slack = 10;
const farDown = 110;
const farAside = 60;

interface Ways {
  isWanted(): boolean;
  down(): void;
  /** Whether there is something on that side: 1 is where a finger that goes to the right comes from. */
  hasMore(side: 1 | -1): boolean;
  aside(side: 1 | -1): void;
}

interface Finger {
  id: number;
  x: number;
  y: number;
  /** Not known before it has gone a little. */
  way?: 'down' | 'aside';
}

const sideOf = (x: number): 1 | -1 => (x < 0 ? 1 : -1);

/** A finger that pulls the picture down closes it, and one that pulls it aside brings the next; let go before, it springs back. */
export function useSwipes({ isWanted, down, hasMore, aside }: Ways) {
  let finger: Finger | undefined;

  function put(element: EventTarget | null, x: number, y: number): void {
    if (!(element instanceof HTMLElement)) return;
    element.style.setProperty('--aside', `${x}px`);
    element.style.setProperty('--pulled', `${y}px`);
  }

  function follow(moved: Finger, x: number, y: number, element: EventTarget | null): void {
    if (moved.way === undefined && Math.hypot(x, y) > slack) moved.way = Math.abs(x) > Math.abs(y) ? 'aside' : 'down';
    if (moved.way === 'down') put(element, 0, Math.max(0, y));
    // Where there is nothing, it gives way a little.
    if (moved.way === 'aside') put(element, hasMore(sideOf(x)) ? x : x / 4, 0);
  }

  return {
    pointerdown({ pointerType, pointerId: id, clientX: x, clientY: y, isPrimary }: PointerEvent): void {
      // A second finger zooms.
      finger = pointerType === 'touch' && isPrimary && isWanted() ? { id, x, y } : undefined;
    },
    pointermove({ currentTarget, pointerId, clientX, clientY }: PointerEvent): void {
      if (finger?.id === pointerId) follow(finger, clientX - finger.x, clientY - finger.y, currentTarget);
    },
    pointerup({ currentTarget, pointerId, clientX, clientY }: PointerEvent): void {
      const done = finger;
      if (done?.id !== pointerId) return;
      finger = undefined;
      put(currentTarget, 0, 0);
      const [x, y] = [clientX - done.x, clientY - done.y];
      if (done.way === 'down' && y > farDown) down();
      if (done.way === 'aside' && Math.abs(x) > farAside && hasMore(sideOf(x))) aside(sideOf(x));
    },
    pointercancel({ currentTarget }: PointerEvent): void {
      finger = undefined;
      put(currentTarget, 0, 0);
    },
  };
}
