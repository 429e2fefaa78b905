/** How far a bubble goes at most, and from where on letting go replies. */
const farthest = 72;
export const replyAt = 40;
const slack = 10;

export interface Move {
  x: number;
  y: number;
}

/** What a finger is about: not known yet, scrolling, or pulling a message to the side. `x` grows towards the end of a line. */
export function intentOf({ x, y }: Move): 'none' | 'scroll' | 'pull' {
  if (Math.hypot(x, y) < slack) return 'none';
  return -x > Math.abs(y) * 1.5 ? 'pull' : 'scroll';
}

/** Where the bubble is: with the finger at first, ever slower then. */
export function pulled(x: number): number {
  const way = Math.max(0, -x - slack);
  return -farthest * (1 - Math.exp(-way / farthest));
}
