import type { Message } from '@parley/contract';
import type { MessageWindow, State } from './state.ts';

/** Length of the start of a text that a reply shows of what it replies to. */
const excerptLength = 120;

/** The first characters, never half of one. */
export function excerptOf(content: string): string {
  const cut = content.slice(0, excerptLength);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}

export const isService = (message: Message): boolean => message.messageType === 'system';

/**
 * The later of two states of one message. Deleted stays deleted, for everyone where it was for the viewer alone before, and an older
 * edit never wins, so applying an event twice, or one that a page already contains, changes nothing.
 */
export function latest(known: Message | undefined, incoming: Message): Message {
  if (known === undefined) return incoming;
  if (known.deletedAt !== undefined && (incoming.deletedAt ?? '') < known.deletedAt) return known;
  if (known.editedAt !== undefined && incoming.deletedAt === undefined) {
    if (incoming.editedAt === undefined || incoming.editedAt < known.editedAt) return known;
  }
  const { clientMessageId } = known;
  return clientMessageId !== undefined && incoming.clientMessageId === undefined
    ? { ...incoming, clientMessageId }
    : incoming;
}

/** The same for a message that an event or an answer told: what was left on it is told in pages only, so what is known stays. */
export function latestTold(known: Message | undefined, told: Message): Message {
  const keeps = known?.reactions !== undefined && told.deletedAt === undefined;
  return latest(known, keeps ? { ...told, reactions: known.reactions } : told);
}

/** Deleted: its place stays; what it said and carried, and to what, and what was left on it goes. */
export function tombstone(message: Message, deletedAt: string): Message {
  const {
    editedAt: _1,
    replyTo: _2,
    reactions: _3,
    forwardedFrom: _0,
    attachments: _4,
    sticker: _5,
    durationSeconds: _6,
    mentions: _7,
    ...rest
  } = message;
  return { ...rest, content: '', deletedAt };
}

/** Until the event says when it was deleted, it counts as deleted when it was sent, which no deletion really is. */
export const tombstoneForNow = (message: Message): Message =>
  message.deletedAt === undefined ? tombstone(message, message.sentAt) : message;

/** When it was deleted, as far as the server said. */
export const deletionOf = ({ deletedAt, sentAt }: Message): string | undefined =>
  deletedAt === sentAt ? undefined : deletedAt;

/** As the viewer may see it: events are the same for everyone, also for those who deleted the message for themself. */
export function asSeen({ hidden }: Pick<State, 'hidden'>, message: Message): Message {
  const hiddenAt = hidden.get(message.id);
  if (hiddenAt !== undefined) return tombstone(message, deletionOf(message) ?? hiddenAt);
  const quoted = message.replyTo?.messageId;
  return quoted !== undefined && hidden.has(quoted) ? requote(message, quoted, '') : message;
}

/** Index of the first item whose sequence is not below. */
export function placeOf(items: readonly Message[], sequence: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle]!.sequence < sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** With the message in its place; what was there becomes the later of the two. */
export function withMessage(items: readonly Message[], message: Message, merge = latest): readonly Message[] {
  const index = placeOf(items, message.sequence);
  const known = items[index];
  if (known?.sequence !== message.sequence) return items.toSpliced(index, 0, message);
  const next = merge(known, message);
  return next === known ? items : items.with(index, next);
}

/** Pages that touch or overlap, as one run. */
export const mergeItems = (known: readonly Message[], page: readonly Message[]): readonly Message[] => {
  if (known.length === 0) return page;
  const before = page.filter((message) => message.sequence < known[0]!.sequence);
  const after = page.filter((message) => message.sequence > known.at(-1)!.sequence);
  const inside = page.slice(before.length, page.length - after.length);
  return [...before, ...inside.reduce((items, message) => withMessage(items, message), known), ...after];
};

/** Changes the message with this id, and what replies show of it. The same window when nothing changes. */
export function changeMessage(window: MessageWindow, id: string, change: (message: Message) => Message): MessageWindow {
  let excerpt: string | undefined;
  const changed = window.items.map((message) => {
    if (message.id !== id) return message;
    const next = change(message);
    if (next !== message) excerpt = excerptOf(next.content);
    return next;
  });
  return excerpt === undefined ? window : { ...window, items: quoteAnew(changed, id, excerpt) };
}

/** Replies to `id` show this excerpt. The same array when none does. */
export function quoteAnew(items: readonly Message[], id: string, excerpt: string): readonly Message[] {
  if (!items.some((message) => message.replyTo?.messageId === id && message.replyTo.excerpt !== excerpt)) return items;
  return items.map((message) => requote(message, id, excerpt));
}

export function requote(message: Message, id: string, excerpt: string): Message {
  if (message.replyTo?.messageId !== id || message.replyTo.excerpt === excerpt) return message;
  return { ...message, replyTo: { ...message.replyTo, excerpt } };
}
