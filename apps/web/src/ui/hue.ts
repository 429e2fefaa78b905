/** Those that are neither muddy when dark nor alike. Yellows are left out. */
const hues = [8, 30, 140, 165, 195, 225, 250, 275, 305, 338] as const;

/** A hue for each id, the same everywhere (FNV-1a). */
export function hueOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return hues[(hash >>> 0) % hues.length]!;
}

/** Made when the first name needs it: making one takes as long as drawing the list. */
let segments: Intl.Segmenter | undefined;

/** Two such characters in a row are two, whatever follows. */
const isPlain = /^[A-Za-z0-9](?:[A-Za-z0-9]|$)/;

function firstOf(word: string): string {
  if (isPlain.test(word)) return word[0]!;
  segments ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segments.segment(word)[Symbol.iterator]().next().value?.segment ?? '';
}

const beginsWithLetter = (word: string): boolean => /^[\p{L}\p{N}]/u.test(word);

/** The first characters of the first and the last word, as people write them: an emoji family is one. Signs only where there are no words. */
export function initialsOf(name: string): string {
  const all = name.trim().split(/\s+/).filter(Boolean);
  const words = all.some(beginsWithLetter) ? all.filter(beginsWithLetter) : all;
  const wanted = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return wanted.map(firstOf).join('').toLocaleUpperCase();
}
