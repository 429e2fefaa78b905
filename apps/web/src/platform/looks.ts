import type { UserSettings } from '@parley/contract';

export const accents = ['teal', 'green', 'blue', 'indigo', 'violet', 'rose', 'amber', 'slate'] as const;
export const textSizes = ['small', 'normal', 'large', 'larger'] as const;
export const wallpapers = ['dots', 'lines', 'waves', 'plain'] as const;

/** How the app looks, besides light and dark. Each is an attribute of the root element, which the tokens follow. */
export interface Looks {
  accent: (typeof accents)[number];
  textSize: (typeof textSizes)[number];
  wallpaper: (typeof wallpapers)[number];
}

const choices: { readonly [K in keyof Looks]: readonly Looks[K][] } = {
  accent: accents,
  textSize: textSizes,
  wallpaper: wallpapers,
};

const usual: Looks = { accent: 'teal', textSize: 'normal', wallpaper: 'dots' };

/** What a newer or older app wrote and this one does not know, is as usual. */
export function looksOf(app: UserSettings['app']): Looks {
  const chosen = <K extends keyof Looks>(key: K): Looks[K] =>
    choices[key].find((name) => name === app[key]) ?? usual[key];
  return { accent: chosen('accent'), textSize: chosen('textSize'), wallpaper: chosen('wallpaper') };
}

export function applyLooks(looks: Looks): void {
  Object.assign(document.documentElement.dataset, looks);
}
