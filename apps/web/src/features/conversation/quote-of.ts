import { excerptOf } from '@parley/client';
import type { Message } from '@parley/contract';
import type { Carrier } from '../files/what-it-is.ts';

/** What a message replies to, as it is shown. */
export interface Quote {
  id: string;
  authorId: string;
  text: string;
  /** What it is besides: its type, and what it carries where it is loaded. */
  carrier: Carrier;
  /** Where it is in the history, if the server told. */
  sequence: number | undefined;
}

/** Of a stored message what it says itself; of one on its way, the message that is loaded. */
export function quoteOf(message: Message | undefined, quoted: Message | undefined): Quote | undefined {
  const replyTo = message?.replyTo;
  if (replyTo !== undefined)
    return {
      id: replyTo.messageId,
      authorId: replyTo.senderId,
      text: replyTo.excerpt,
      carrier: quoted ?? { messageType: replyTo.messageType },
      sequence: replyTo.sequence,
    };
  if (quoted === undefined) return undefined;
  const { id, senderId: authorId, content, sequence } = quoted;
  return { id, authorId, text: excerptOf(content), carrier: quoted, sequence };
}
