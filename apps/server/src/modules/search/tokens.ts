/** Entries of so many consecutive ids share their token hashes: no list of the index is longer than this. */
export const segmentSize = 65_536;

/** Scripts that are written without spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const inWord = /[\p{L}\p{N}\p{M}_]/u;
const ascii = /^[\0-\x7f]*$/;
const maxTokens = 2_000;
/** Stands before parts that begin a word. */
const beginning = '^'.charCodeAt(0);

/** Lower case, compatibility forms joined, accents off: "Café" and "cafe" are the same. */
export function normalize(text: string): string {
  if (ascii.test(text)) return text.toLowerCase();
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().normalize('NFKC');
}

const kinds = { between: 1, spaced: 2, unspaced: 3 } as const;
type Kind = (typeof kinds)[keyof typeof kinds];

/** Of the letters below U+10000 that were seen; 0: not yet. */
const known = new Uint8Array(0x1_0000);

function kindOf(codePoint: number): Kind {
  const before = known[codePoint];
  if (before !== undefined && before !== 0) return before as Kind;
  const letter = String.fromCodePoint(codePoint);
  const kind = !inWord.test(letter) ? kinds.between : unspaced.test(letter) ? kinds.unspaced : kinds.spaced;
  if (codePoint < known.length) known[codePoint] = kind;
  return kind;
}

type Visit = (letters: readonly number[], isUnspaced: boolean) => void;

/** Visits the runs of one kind of script within the words of a normalised text, as code points. They are not to be kept. */
function eachRun(normalized: string, visit: Visit): void {
  const letters: number[] = [];
  let current: Kind = kinds.between;
  const end = (): void => {
    if (letters.length > 0) visit(letters, current === kinds.unspaced);
    letters.length = 0;
  };
  for (let at = 0; at < normalized.length; at += 1) {
    const codePoint = normalized.codePointAt(at)!;
    if (codePoint > 0xffff) at += 1;
    const kind = kindOf(codePoint);
    if (kind !== current) end();
    current = kind;
    if (kind !== kinds.between) letters.push(codePoint);
  }
  end();
}

/** FNV-1a over UTF-16 units. */
const seed = (segment: number): number => Math.imul(0x811c9dc5 ^ segment, 0x01000193);
const mix = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);
const finish = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) | 0;

const mixLetter = (hash: number, codePoint: number): number =>
  codePoint <= 0xffff
    ? mix(hash, codePoint)
    : mix(mix(hash, ((codePoint - 0x1_0000) >> 10) + 0xd800), ((codePoint - 0x1_0000) & 0x3ff) + 0xdc00);

/** Of a part and the segment, as a signed 32-bit integer. */
export function hashPart(part: string, segment: number): number {
  let hash = seed(segment);
  for (let at = 0; at < part.length; at += 1) hash = mix(hash, part.charCodeAt(at));
  return finish(hash);
}

/** Each run of `size` letters, hashed. */
function addGrams(found: Set<number>, letters: readonly number[], size: number, start: number): void {
  for (let at = 0; at + size <= letters.length && found.size < maxTokens; at += 1) {
    let hash = start;
    for (let next = at; next < at + size; next += 1) hash = mixLetter(hash, letters[next]!);
    found.add(finish(hash));
  }
}

/**
 * The hashed parts by which a text can be found: three letters anywhere in a word, and its first one and two; in scripts without
 * spaces, one and two characters anywhere. Made for every message that is stored: from code points, without a string for each part.
 */
export function tokensOf(normalized: string, segment: number): number[] {
  const found = new Set<number>();
  const start = seed(segment);
  eachRun(normalized, (letters, isUnspaced) => {
    if (found.size >= maxTokens) return;
    if (isUnspaced) {
      addGrams(found, letters, 1, start);
      addGrams(found, letters, 2, start);
      return;
    }
    const first = mixLetter(mix(start, beginning), letters[0]!);
    found.add(finish(first));
    if (letters.length > 1) found.add(finish(mixLetter(first, letters[1]!)));
    addGrams(found, letters, 3, start);
  });
  return [...found];
}

/** The parts that every match of a query has. Empty: there is nothing to search for. */
export function queryParts(normalized: string): Set<string> {
  const parts = new Set<string>();
  for (const { letters, isUnspaced } of runsOf(normalized)) {
    const size = isUnspaced ? 2 : 3;
    if (letters.length < size) parts.add(isUnspaced ? letters.join('') : `^${letters.join('')}`);
    for (let at = 0; at + size <= letters.length; at += 1) parts.add(letters.slice(at, at + size).join(''));
  }
  return parts;
}

/** Whether a normalised text really has what was asked for: the hashes only say it may. */
export function wordsOf(normalized: string): string[] {
  return runsOf(normalized).map((run) => run.letters.join(''));
}

function runsOf(normalized: string): { letters: string[]; isUnspaced: boolean }[] {
  const runs: { letters: string[]; isUnspaced: boolean }[] = [];
  eachRun(normalized, (letters, isUnspaced) => {
    runs.push({ letters: letters.map((letter) => String.fromCodePoint(letter)), isUnspaced });
  });
  return runs;
}

export const segmentOf = (entryId: number): number => Math.floor(entryId / segmentSize);

export const hashesOf = (parts: Iterable<string>, segment: number): number[] =>
  Array.from(parts, (part) => hashPart(part, segment));
