import type { OutboxItem } from '@parley/client';
import type { Message } from '@parley/contract';
import { isShownPicture } from '../files/kinds.ts';
import { type Carried, mediaHeight } from '../files/media-height.ts';
import type { Row } from './rows.ts';
import type { Entry } from './timeline.ts';

const lineHeight = 21;
const dateHeight = 42;
const bubbleShare = 0.86;
const widestBubble = 560;
const bubblePadding = 24;
/** The time stands in pictures, and below anything else. */
const metaHeight = ({ attachments = [] }: Pick<Message, 'attachments'>): number =>
  attachments.length > 0 && attachments.every(isShownPicture) ? -7 : 22;
const characterWidth = 7.2;

/** How high a row is likely to be in a column of this width. Being wrong costs nothing but a moving scroll bar. */
export function guessHeight({ entry }: Row, width: number): number {
  if (entry === undefined) return dateHeight;
  return entry.kind === 'message' || entry.kind === 'pending' ? guessBubble(entry, width) : 50;
}

function guessBubble(entry: Entry & { kind: 'message' | 'pending' }, width: number): number {
  const carrier: Carried = entry.kind === 'message' ? entry.message : { ...entry.item, ...entry.item.preview };
  const { content, parts } = entry.kind === 'message' ? ofMessage(entry.message) : ofItem(entry.item);
  const room = Math.min(width * bubbleShare, widestBubble) - bubblePadding;
  const perLine = Math.max(8, room / characterWidth);
  const lines = content.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / perLine)), 0);
  const media = mediaHeight(carrier, room);
  const words = content === '' && media > 0 ? metaHeight(carrier) : lines * lineHeight;
  return media + words + (entry.isFirst ? 21 : 15) + parts;
}

interface Part {
  content: string;
  /** Height of what stands above and below the text. */
  parts: number;
}

const ofMessage = ({ content, replyTo, reactions, forwardedFrom }: Message): Part => ({
  content,
  parts: (replyTo === undefined ? 0 : 49) + (reactions === undefined ? 0 : 33) + (forwardedFrom === undefined ? 0 : 18),
});

const ofItem = ({ content, replyToMessageId }: OutboxItem): Part => ({
  content,
  parts: replyToMessageId === undefined ? 0 : 49,
});

export interface Heights {
  of(row: Row): number;
  /** Whether it was another one before. */
  learn(key: string, height: number): boolean;
  /** Forgets rows that are not there any more. */
  keep(keys: ReadonlySet<string>): void;
}

/** How high rows were when they were last seen; those that were never seen are guessed. */
export function createHeights(widthOf: () => number): Heights {
  const known = new Map<string, number>();
  return {
    of: (row) => known.get(row.key) ?? guessHeight(row, widthOf()),
    learn(key, height) {
      if (known.get(key) === height) return false;
      known.set(key, height);
      return true;
    },
    keep(keys) {
      for (const key of known.keys()) if (!keys.has(key)) known.delete(key);
    },
  };
}
