import type { Message } from '@parley/contract';
import { isShownPicture, kindOf } from './kinds.ts';
import { boxOf, gridBox, heightIn } from './picture-box.ts';

export const stickerSide = 168;
const heights = { video: 191, audio: 76, file: 60, picture: 60 };
const voiceHeight = 56;

export type Carried = Pick<Message, 'attachments' | 'sticker'> & { messageType?: Message['messageType'] | undefined };

/** How high what a message carries is in a bubble with this much room. */
export function mediaHeight({ attachments = [], sticker, messageType }: Carried, room: number): number {
  if (sticker !== undefined) return stickerSide;
  if (messageType === 'voice') return voiceHeight;
  const pictures = attachments.filter(isShownPicture);
  const others = attachments.filter((file) => !isShownPicture(file));
  const [first] = pictures;
  const box = first === undefined ? undefined : pictures.length === 1 ? boxOf(first) : gridBox(pictures.length);
  return (
    (box === undefined ? 0 : heightIn(box, room)) +
    others.reduce((sum, file) => sum + heights[file.status === 'ready' ? kindOf(file.mimeType) : 'file'], 0)
  );
}
