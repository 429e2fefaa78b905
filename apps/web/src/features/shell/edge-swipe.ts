/** How near the edge a finger has to begin. */
const edgePx = 28;
const slackPx = 10;
/** Let go beyond this part of the way, or faster than this (pixels a millisecond), it goes. */
const farPart = 0.35;
const fast = 0.5;

/** `x` grows from the edge on which lines begin into the page. */
export const beginsAtEdge = (x: number): boolean => x >= 0 && x <= edgePx;

/** What a finger is about: not known yet, drawing the page aside, or something else. */
export function intentOf({ x, y }: { x: number; y: number }): 'none' | 'draw' | 'other' {
  if (Math.hypot(x, y) < slackPx) return 'none';
  return x > Math.abs(y) * 1.5 ? 'draw' : 'other';
}

export const isGoing = (x: number, width: number, perMs: number): boolean =>
  x > width * farPart || (perMs > fast && x > slackPx);
