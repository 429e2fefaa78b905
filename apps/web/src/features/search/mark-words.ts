import { cut } from '../../platform/cut.ts';

export interface Piece {
  text: string;
  isHit: boolean;
}

const before = 30;
const length = 160;

/** The part of a message around the first hit, cut so that the words which were searched for can be set apart. */
export function markWords(content: string, query: string): Piece[] {
  const words = query.trim().split(/\s+/).filter(Boolean).map(escaped);
  const line = content.replace(/\s+/g, ' ');
  if (words.length === 0) return [{ text: cut(line, 0, length), isHit: false }];
  const pattern = new RegExp(`(${words.join('|')})`, 'giu');
  const first = line.search(pattern);
  const start = first > before ? wordStart(line, first - before) : 0;
  const shown = `${start > 0 ? '…' : ''}${cut(line, start, start + length)}`;
  return shown
    .split(pattern)
    .map((text, index) => ({ text, isHit: index % 2 === 1 }))
    .filter(({ text }) => text !== '');
}

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

const wordStart = (line: string, from: number): number => {
  const space = line.indexOf(' ', from);
  return space < 0 || space > from + before ? from : space + 1;
};
