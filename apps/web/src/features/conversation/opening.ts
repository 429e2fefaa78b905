import type { MessageWindow } from '@parley/client';
import type { Row } from './rows.ts';
import type { Aim } from './use-virtual-rows.ts';

const sequenceOf = ({ entry }: Row): number | undefined =>
  entry !== undefined && 'message' in entry ? entry.message.sequence : undefined;

/** The row of a message; where it was deleted, the one that comes next, or the last before. */
export function rowOfSequence(rows: readonly Row[], sequence: number): Row | undefined {
  const numbered = rows.filter((row) => sequenceOf(row) !== undefined);
  return numbered.find((row) => sequenceOf(row)! >= sequence) ?? numbered.at(-1);
}

const isInside = ({ items }: MessageWindow, sequence: number): boolean =>
  items.length > 0 && items[0]!.sequence <= sequence && sequence <= items.at(-1)!.sequence;

/**
 * Where a conversation opens: at the wanted message, else at the first unread one, else at the end. None as long as that place
 * is not loaded and may still come.
 */
export function openingOf(
  rows: readonly Row[],
  page: MessageWindow | undefined,
  wanted: number | undefined,
  isOpen: boolean,
): Aim | undefined {
  if (page === undefined) return undefined;
  if (wanted !== undefined && (isOpen || isInside(page, wanted))) {
    const row = rowOfSequence(rows, wanted);
    return row === undefined ? { kind: 'end' } : { kind: 'row', key: row.key, place: 'center' };
  }
  if (wanted !== undefined) return undefined;
  const unread = rows.find(({ entry }) => entry?.kind === 'unread');
  if (unread !== undefined) return { kind: 'row', key: unread.key, place: 'start' };
  return isOpen || !page.hasNewer ? { kind: 'end' } : undefined;
}
