export interface Box {
  width: number;
  height: number;
}

export const widest = 340;
const highest = 380;
const narrowest = 200;
const lowest = 100;

/** How large a single picture is shown where there is room: all of it, unless it is extremely long. */
export function boxOf({ width, height }: Box): Box {
  const scale = Math.min(1, widest / width, highest / height);
  return {
    width: Math.round(Math.max(narrowest, width * scale)),
    height: Math.round(Math.max(lowest, height * scale)),
  };
}

/** Several share a box of one width: two side by side, a large one beside two, four in a square. */
export function gridBox(count: number): Box {
  return { width: widest, height: { 2: widest / 2, 3: (widest * 2) / 3 }[count] ?? widest };
}

/** In a column that may be narrower, it keeps its shape. */
export const heightIn = ({ width, height }: Box, room: number): number => (height * Math.min(width, room)) / width;
