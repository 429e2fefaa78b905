import type { Message } from '@parley/contract';
import { isService } from './messages.ts';
import type { ChatState, MessageWindow, State } from './state.ts';

/** The newest that is left; undefined: there is none. `unknown`: what is loaded of the chat does not tell. */
export function newestLeft(window: MessageWindow | undefined, lastSequence: number): Message | undefined | 'unknown' {
  if (window === undefined || window.hasNewer || (window.items.at(-1)?.sequence ?? 0) < lastSequence) return 'unknown';
  const newest = window.items.findLast(({ deletedAt }) => deletedAt === undefined);
  if (newest === undefined) return window.hasOlder ? 'unknown' : undefined;
  const { reactions: _, ...message } = newest;
  return message;
}

/** A deleted last message keeps its place until it is known which one is before it. */
export const isLastUnknown = ({ chats }: Pick<State, 'chats'>, chatId: string): boolean =>
  chats.get(chatId)?.lastMessage?.deletedAt !== undefined;

/** The last one is the viewer's own and older than the newest place: of that the list does not tell whether others have read it. */
export function isLastReadUnknown({ chats, receipts, settings }: State, chatId: string): boolean {
  const { lastMessage: last, lastSequence = 0, myParticipantId, type, memberCount = 0 } = chats.get(chatId) ?? {};
  if (last === undefined || last.sequence === lastSequence || receipts.has(chatId)) return false;
  if (type === 'channel' || memberCount < 2 || settings?.readReceipts === false) return false;
  return last.senderId === myParticipantId && !isService(last);
}

/** The chat once its last message has become this one. */
export function withLast({ windows }: Pick<State, 'windows'>, chat: ChatState, message: Message): ChatState {
  if (message.deletedAt === undefined) return { ...chat, lastMessage: message };
  const newest = newestLeft(windows.get(chat.id), chat.lastSequence);
  return newest === 'unknown' ? { ...chat, lastMessage: message } : withOlder(chat, newest);
}

/** Whether others have read it is told of the newest only. */
export function withOlder(chat: ChatState, lastMessage: Message | undefined): ChatState {
  const { lastMessage: _1, isLastMessageRead: _2, ...rest } = chat;
  return lastMessage === undefined ? rest : { ...rest, lastMessage };
}
