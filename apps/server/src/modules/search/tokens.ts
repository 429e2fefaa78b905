/** Entries of so many consecutive ids share their token hashes: no list of the index is longer than this. */
export const segmentSize = 65_536;

/** Scripts that are written without spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const word = /[\p{L}\p{N}\p{M}_]+/gu;
const maxTokens = 2_000;

/** Lower case, compatibility forms joined, accents off: "Café" and "cafe" are the same. */
export function normalize(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().normalize('NFKC');
}

/** Runs of one kind of script within the words of a normalised text. */
function* runs(text: string): Generator<{ letters: string[]; isUnspaced: boolean }> {
  for (const [match] of text.matchAll(word)) {
    let letters: string[] = [];
    let isUnspaced = false;
    for (const letter of match) {
      const kind = unspaced.test(letter);
      if (letters.length > 0 && kind !== isUnspaced) {
        yield { letters, isUnspaced };
        letters = [];
      }
      isUnspaced = kind;
      letters.push(letter);
    }
    if (letters.length > 0) yield { letters, isUnspaced };
  }
}

/** Each run of `size` letters. Written for every message that is stored: nothing is made but the parts. */
function grams(letters: readonly string[], size: number): string[] {
  const found: string[] = [];
  for (let at = 0; at + size <= letters.length; at += 1) {
    let part = letters[at]!;
    for (let next = at + 1; next < at + size; next += 1) part += letters[next];
    found.push(part);
  }
  return found;
}

/**
 * The parts by which a text can be found: three letters anywhere in a word, and its first one and two; in scripts
 * without spaces, one and two characters anywhere.
 */
export function partsOf(normalized: string): Set<string> {
  const parts = new Set<string>();
  for (const { letters, isUnspaced } of runs(normalized)) {
    const found = isUnspaced
      ? [...grams(letters, 1), ...grams(letters, 2)]
      : [`^${letters[0]}`, `^${letters.slice(0, 2).join('')}`, ...grams(letters, 3)];
    for (const part of found) if (parts.size < maxTokens) parts.add(part);
  }
  return parts;
}

/** The parts that every match of a query has. Empty: there is nothing to search for. */
export function queryParts(normalized: string): Set<string> {
  const parts = new Set<string>();
  for (const { letters, isUnspaced } of runs(normalized)) {
    const size = isUnspaced ? 2 : 3;
    const isShort = letters.length < size;
    const found = isShort ? [isUnspaced ? letters.join('') : `^${letters.join('')}`] : grams(letters, size);
    for (const part of found) parts.add(part);
  }
  return parts;
}

/** Whether a normalised text really has what was asked for: the hashes only say it may. */
export function wordsOf(normalized: string): string[] {
  return [...runs(normalized)].map((run) => run.letters.join(''));
}

/** FNV-1a over the part and the segment, as a signed 32-bit integer. */
export function hashPart(part: string, segment: number): number {
  let hash = 0x811c9dc5 ^ segment;
  hash = Math.imul(hash, 0x01000193);
  for (let at = 0; at < part.length; at += 1) hash = Math.imul(hash ^ part.charCodeAt(at), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) | 0;
}

export const segmentOf = (entryId: number): number => Math.floor(entryId / segmentSize);

export const hashesOf = (parts: Iterable<string>, segment: number): number[] =>
  Array.from(parts, (part) => hashPart(part, segment));
