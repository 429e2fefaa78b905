import type { Message } from '@parley/contract';
import { withLast } from './last-message.ts';
import { dropMention, noteMention, withMentionOf, withoutReadMentions } from './mentions.ts';
import {
  asSeen,
  changeMessage,
  deletionOf,
  excerptOf,
  isService,
  latestTold,
  quoteAnew,
  requote,
  tombstone,
  tombstoneForNow,
  withMessage,
} from './messages.ts';
import { dropPending, failPending } from './pending.ts';
import { addPin, dropPin, editPins } from './pins.ts';
import type { Reducers } from './reducer.ts';
import type { Change, ChatState, State } from './state.ts';

export const messageReducers = {
  'message.new': (state, { chatId, message: told }) => {
    const message = asSeen(state, told);
    const chat = state.chats.get(chatId);
    if (chat === undefined) return [];
    const changes = dropPending(state, chatId, message);
    if (message.sequence > chat.lastSequence) {
      state.chats.set(chatId, withMentionOf(withNewest(chat, message), told));
      changes.push({ part: 'chat', chatId });
    }
    // What was kept of the receipts may be older than the chat.
    if (advanceReceipt(state, chat, message)) changes.push({ part: 'receipts', chatId });
    if (state.typing.get(chatId)?.delete(message.senderId)) changes.push({ part: 'typing', chatId });
    if (appendToWindow(state, chatId, message)) changes.push({ part: 'messages', chatId });
    return changes;
  },
  'message.updated': (state, { chatId, message: told }) => {
    const message = asSeen(state, told);
    const edit = (known: Message): Message => latestTold(known, message);
    return [
      ...changeEverywhere(state, chatId, message.id, edit, excerptOf(message.content)),
      ...noteMention(state, told),
    ];
  },
  'message.deleted': (state, { chatId, messageId, sequence, deletedAt }) => [
    ...changeEverywhere(state, chatId, messageId, (known) => tombstone(known, deletedAt), ''),
    ...dropMention(state, chatId, sequence),
  ],
  'message.hidden': (state, { chatId, messageId, deletedAt }) => hide(state, chatId, messageId, deletedAt),
  'message.pinned': (state, { message }) => addPin(state, message),
  'message.unpinned': (state, { chatId, messageId }) => dropPin(state, chatId, messageId),
  'message.failed': (state, { chatId, clientMessageId, code }) => failPending(state, chatId, clientMessageId, code),
} satisfies Partial<Reducers>;

/** Deleted by the viewer for themself. When it is also deleted for everyone, that is what counts. */
function hide(state: State, chatId: string, messageId: string, deletedAt: string): Change[] {
  state.hidden.set(messageId, deletedAt);
  return changeEverywhere(state, chatId, messageId, (known) => tombstone(known, deletionOf(known) ?? deletedAt), '');
}

/** The viewer deleted it just now; the event that tells it may have come already. */
export const buryForNow = (state: State, chatId: string, messageId: string): Change[] =>
  changeEverywhere(state, chatId, messageId, tombstoneForNow, '');

/** Service messages are the newest, but count neither as unread nor as sent by the viewer. One that is deleted already is not shown. */
function withNewest(chat: ChatState, message: Message): ChatState {
  const { isLastMessageRead: _, ...before } = chat;
  const shown = message.deletedAt === undefined ? { lastMessage: message } : {};
  const newest = { ...before, ...shown, lastSequence: message.sequence };
  if (isService(message)) return newest;
  const messageCount = chat.messageCount + 1;
  // One's own log may be ahead of the chat's: what is read stays read.
  const isReadNow = message.senderId === chat.myParticipantId && message.sequence > chat.readSequence;
  const read = isReadNow ? { readSequence: message.sequence, readCount: messageCount } : {};
  const { readCount } = { ...chat, ...read };
  return withoutReadMentions({ ...newest, ...read, messageCount, unreadCount: Math.max(0, messageCount - readCount) });
}

/**
 * Who sends has read up to there: the server moves the cursor without telling it besides. Of whom there is no receipt yet it is
 * not known whether they tell: see `isReceiptUnknown`.
 */
function advanceReceipt(state: State, chat: ChatState, message: Message): boolean {
  const receipts = state.receipts.get(chat.id);
  const { senderId, sequence, sentAt } = message;
  const known = receipts?.get(senderId);
  if (known === undefined || !isReadBySending(state, chat, message) || known.sequence >= sequence) return false;
  receipts!.set(senderId, { userId: senderId, sequence, readAt: sentAt });
  return true;
}

/** Channels have no receipts, service messages are sent by nobody, and who hides theirs sees none. */
const isReadBySending = (state: State, chat: ChatState, { senderId, messageType }: Message): boolean =>
  chat.type !== 'channel' &&
  state.settings?.readReceipts !== false &&
  messageType !== 'system' &&
  senderId !== chat.myParticipantId;

/** The sender has read up to here, but may not want it told: only the server knows. */
export function isReceiptUnknown(state: State, message: Message): boolean {
  const chat = state.chats.get(message.chatId);
  const receipts = state.receipts.get(message.chatId);
  if (chat === undefined || receipts === undefined) return false;
  return isReadBySending(state, chat, message) && !receipts.has(message.senderId);
}

/** A window that does not reach the newest message leaves the new one to later pages. */
function appendToWindow(state: State, chatId: string, message: Message): boolean {
  const window = state.windows.get(chatId);
  if (window === undefined) return false;
  const isInside = window.items.length > 0 && message.sequence <= window.items.at(-1)!.sequence;
  if (window.hasNewer && !isInside) return false;
  if (isInside && message.sequence < window.items[0]!.sequence) return false;
  const items = withMessage(window.items, message, latestTold);
  if (items === window.items) return false;
  state.windows.set(chatId, { ...window, items });
  return true;
}

/** In the window, among the pins, in the list's preview, and in what replies show of it. */
export function changeEverywhere(
  state: State,
  chatId: string,
  messageId: string,
  change: (message: Message) => Message,
  excerpt: string,
): Change[] {
  const edit = (message: Message): Message =>
    message.id === messageId ? change(message) : requote(message, messageId, excerpt);
  const changes = editPins(state, chatId, edit);
  const window = state.windows.get(chatId);
  if (window !== undefined) {
    const changed = changeMessage(window, messageId, change);
    const isKnown = window.items.some((message) => message.id === messageId);
    const items = isKnown ? changed.items : quoteAnew(changed.items, messageId, excerpt);
    if (items !== window.items) {
      state.windows.set(chatId, { ...window, items });
      changes.push({ part: 'messages', chatId });
    }
  }
  const chat = state.chats.get(chatId);
  const last = chat?.lastMessage;
  if (chat === undefined || last === undefined) return changes;
  const edited = edit(last);
  if (edited !== last) {
    state.chats.set(chatId, withLast(state, chat, edited));
    changes.push({ part: 'chat', chatId });
  }
  return changes;
}
