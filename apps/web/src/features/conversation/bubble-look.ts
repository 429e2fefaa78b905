import type { Message } from '@parley/contract';
import { isShownPicture } from '../files/kinds.ts';
import { boxOf, gridBox } from '../files/picture-box.ts';

type Carrier = Partial<Pick<Message, 'attachments' | 'sticker' | 'content' | 'reactions'>>;

/** How a bubble looks that holds more than text. */
export interface BubbleLook {
  hasMedia: boolean;
  /** `bare`: no bubble at all; `pictured`: pictures up to its edge; `wordless`: and nothing else; `carrying`: files. */
  classes: readonly string[];
  style: Readonly<Record<string, string>> | undefined;
}

const plain: BubbleLook = { hasMedia: false, classes: [], style: undefined };

export function lookOf({ attachments = [], sticker, content = '', reactions = [] }: Carrier): BubbleLook {
  if (sticker !== undefined) return { hasMedia: true, classes: ['bare'], style: undefined };
  if (attachments.length === 0) return plain;
  const pictures = attachments.filter(isShownPicture);
  const [first] = pictures;
  if (first === undefined) return { hasMedia: true, classes: ['carrying'], style: undefined };
  const { width } = pictures.length === 1 ? boxOf(first) : gridBox(pictures.length);
  const isBare = content === '' && reactions.length === 0 && pictures.length === attachments.length;
  return {
    hasMedia: true,
    classes: isBare ? ['pictured', 'wordless'] : ['pictured'],
    style: { '--media': `${width}px` },
  };
}
