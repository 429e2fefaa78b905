import { describe, expect, it, vi } from 'vitest';
import { de } from './de.ts';
import { en } from './en.ts';
import { browserLanguage, i18n, setLanguage } from './index.ts';
import { pseudoOf } from './pseudo.ts';

type Tree = { [key: string]: string | Tree };

const leaves = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : leaves(value, `${path}${key}.`),
  );
const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();
const english = new Map(leaves(en));

describe('German', () => {
  it('says all that English says, with the same names and as many plurals', () => {
    const german = new Map(leaves(de));
    expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [key, text] of german) {
      const forms = (words: string): string[][] => words.split(' | ').map(names);
      expect(forms(text), key).toEqual(forms(english.get(key)!));
      expect(text.trim(), key).not.toBe('');
    }
  });
});

describe('the language nobody speaks', () => {
  it('keeps names and plurals, and marks everything else', () => {
    const pseudo = new Map(leaves(pseudoOf(en)));
    expect([...pseudo.keys()]).toEqual([...english.keys()]);
    for (const [key, text] of pseudo) {
      const forms = (words: string): string[][] => words.split(' | ').map(names);
      expect(forms(text), key).toEqual(forms(english.get(key)!));
      expect(text, key).toMatch(/^⟦.*⟧$/);
    }
  });
});

describe('the language of a browser', () => {
  it.each([
    [['fr-FR', 'de-CH', 'en'], 'de'],
    [['fr'], 'en'],
    [[], 'en'],
    [['en-GB', 'de'], 'en'],
  ] as const)('%s is %s', (wanted, language) => {
    expect(browserLanguage(wanted)).toBe(language);
  });
});

it('the language that was wanted last counts, though its words are there first', async () => {
  vi.stubGlobal('document', { documentElement: {} });
  await Promise.all([setLanguage('de'), setLanguage('en')]);
  expect(i18n.global.locale.value).toBe('en');
  await setLanguage('de');
  expect([i18n.global.locale.value, document.documentElement.lang]).toEqual(['de', 'de']);
  await setLanguage('en');
  vi.unstubAllGlobals();
});
