import { type ErrorCode, maxReactionKinds, maxReactionsEach, type ReactionCount } from '@parley/contract';
import type { StoredMessage } from '../messages/service.ts';

const recommended = /^\p{RGI_Emoji}$/v;
/** Asks for the coloured form of a character that has both. */
const selector = '\uFE0F';

/**
 * The one emoji in a text, in the spelling that Unicode recommends (UTS #51, RGI): people type some with a variation selector and
 * some without, and mean the same. Undefined for anything else, two emoji included.
 */
export function toEmoji(text: string): string | undefined {
  const spellings = [text, text.replaceAll(selector, ''), text + selector];
  return spellings.find((spelling) => recommended.test(spelling));
}

export function refuseReacting(message: StoredMessage | undefined): ErrorCode | undefined {
  return message === undefined || message.deletedAt !== null || message.type === 'system' ? 'forbidden' : undefined;
}

/** `own`: what the person left on the message already; `counts`: what everyone did. */
export function refuseAdding(
  emoji: string,
  own: readonly string[],
  counts: readonly ReactionCount[],
): ErrorCode | undefined {
  const isNewKind = counts.every((kind) => kind.emoji !== emoji);
  const isFull = own.length >= maxReactionsEach || (isNewKind && counts.length >= maxReactionKinds);
  return isFull ? 'too_many_reactions' : undefined;
}
