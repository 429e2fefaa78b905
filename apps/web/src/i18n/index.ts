import { nextTick } from 'vue';
import { createI18n } from 'vue-i18n';
import { en, type Messages } from './en.ts';

declare module 'vue-i18n' {
  export interface DefineLocaleMessage extends Messages {}
}

/** Each in its own words. English is there from the start, the others are fetched when wanted. */
export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

const fetched: Partial<Record<Language, () => Promise<Messages>>> = {
  de: async () => (await import('./de.ts')).de,
};

export const i18n = createI18n({
  legacy: false,
  locale: 'en' as Language,
  fallbackLocale: 'en',
  messages: { en } as Record<Language, Messages>,
});

export const isLanguage = (name: string): name is Language => Object.hasOwn(languages, name);

/** The first of the browser's languages that there is. */
export function browserLanguage(wanted: readonly string[] = navigator.languages): Language {
  return wanted.map((tag) => tag.split('-')[0] ?? '').find(isLanguage) ?? 'en';
}

/** The last that was wanted counts, whichever words come first. */
let wanted: Language = 'en';

export async function setLanguage(language: Language): Promise<void> {
  if (isPseudo) return;
  wanted = language;
  const { availableLocales, locale, setLocaleMessage } = i18n.global;
  const fetchWords = fetched[language];
  if (!availableLocales.includes(language) && fetchWords !== undefined) setLocaleMessage(language, await fetchWords());
  if (wanted !== language) return;
  locale.value = language;
  document.documentElement.lang = language;
  document.documentElement.dir = 'ltr';
  await nextTick();
}

let isPseudo = false;

/** For looking at the app as whoever writes from right to left sees it: `?lang=pseudo-rtl`, until the tab is loaded anew. */
export async function setPseudoLanguage(): Promise<void> {
  const { pseudoOf } = await import('./pseudo.ts');
  const pseudo = 'pseudo' as Language;
  i18n.global.setLocaleMessage(pseudo, pseudoOf(en));
  i18n.global.locale.value = pseudo;
  document.documentElement.lang = 'en-x-pseudo';
  document.documentElement.dir = 'rtl';
  isPseudo = true;
  await nextTick();
}
