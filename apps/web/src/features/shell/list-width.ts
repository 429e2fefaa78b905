/** In CSS pixels. */
export const narrowest = 280;
export const usual = 360;
export const widest = 480;

const key = 'parley/list-width';

export const within = (width: number): number => Math.round(Math.min(widest, Math.max(narrowest, width)));

/** Of this device: another one has another screen. */
export function rememberedWidth(): number {
  try {
    const kept = Number(localStorage.getItem(key));
    return kept > 0 ? within(kept) : usual;
  } catch {
    // Storage is forbidden: as wide as usual.
    return usual;
  }
}

export function rememberWidth(width: number): void {
  try {
    localStorage.setItem(key, String(width));
  } catch {
    // It lasts as long as the page.
  }
}
