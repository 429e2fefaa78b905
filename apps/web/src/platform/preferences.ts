import type { UserSettings } from '@parley/contract';
import { browserLanguage, isLanguage, setLanguage, setPseudoLanguage } from '../i18n/index.ts';
import { applyLooks, type Looks, looksOf } from './looks.ts';

type Theme = UserSettings['theme'];

const key = 'parley/preferences';

interface Preferences {
  theme?: Theme;
  language?: string;
  looks?: Looks;
  /** That notifications may be allowed was said here. */
  isHintAside?: boolean;
}

/** As they were last known here, so that the page opens in the right colours and words before anything is loaded. */
function remembered(): Preferences {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}') as Preferences;
  } catch {
    // Storage that is forbidden or was written by something else holds nothing worth keeping.
    return {};
  }
}

function remember(change: Preferences): void {
  try {
    localStorage.setItem(key, JSON.stringify({ ...remembered(), ...change }));
  } catch {
    // Without storage the page opens in the device's theme and the browser's language.
  }
}

export function applyTheme(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === 'system') delete dataset.theme;
  else dataset.theme = theme;
  remember({ theme });
}

export function showLooks(looks: Looks): void {
  applyLooks(looks);
  remember({ looks });
}

export const isHintAside = (): boolean => remembered().isHintAside === true;
export const putHintAside = (): void => remember({ isHintAside: true });

/** An empty language, or one that is not there, follows the browser. */
export async function applyLanguage(language: string): Promise<void> {
  remember({ language });
  await setLanguage(isLanguage(language) ? language : browserLanguage());
}

export async function applyRemembered(): Promise<void> {
  const { theme, language, looks } = remembered();
  if (theme !== undefined) applyTheme(theme);
  applyLooks(looksOf({ ...looks }));
  if (new URLSearchParams(location.search).get('lang') === 'pseudo-rtl') return setPseudoLanguage();
  await setLanguage(language !== undefined && isLanguage(language) ? language : browserLanguage());
}
