import type { Attachment, Message } from '@parley/contract';
import { type FileKind, kindOf } from './kinds.ts';

/** What a message may carry; of a quote only its type is known. */
export interface Carrier {
  messageType?: Message['messageType'] | undefined;
  attachments?: readonly Attachment[] | undefined;
  sticker?: Message['sticker'];
}

/** In a word: which text of `files.kinds`, of how many; a single file that is nothing but a file is told by its name. */
export interface WhatItIs {
  kind: FileKind | 'voice' | 'sticker';
  count: number;
  name: string | undefined;
}

export function whatItIs({ messageType, attachments = [], sticker }: Carrier): WhatItIs | undefined {
  if (messageType === 'sticker' || sticker !== undefined) return { kind: 'sticker', count: 1, name: undefined };
  if (messageType === 'voice') return { kind: 'voice', count: 1, name: undefined };
  if (messageType !== 'file' && attachments.length === 0) return undefined;
  const kinds = new Set(attachments.map(({ mimeType }) => kindOf(mimeType)));
  const [only] = kinds;
  const kind = kinds.size === 1 && only !== undefined ? only : 'file';
  const count = Math.max(1, attachments.length);
  return { kind, count, name: count === 1 && (kind === 'file' || kind === 'audio') ? attachments[0]?.name : undefined };
}
