interface Size {
  width: number;
  height: number;
}

const margin = 8;

/** Beside the point, moved as far as it needs to be all in the window. */
export function placeMenu(at: { x: number; y: number }, menu: Size, window: Size): { x: number; y: number } {
  const inside = (point: number, length: number, space: number): number =>
    Math.max(margin, Math.min(point, space - length - margin));
  return { x: inside(at.x, menu.width, window.width), y: inside(at.y, menu.height, window.height) };
}
