import type { ChatState } from '@parley/client';
import type { Message } from '@parley/contract';
import { isMuted } from '../chats/chat-order.ts';

export interface Asked {
  message: Message;
  chat: ChatState | undefined;
  isOwn: boolean;
  /** Whether the person is looking. */
  isSeen: boolean;
  /** As in the settings. */
  isWanted: boolean;
  now: number;
}

/** What came while one was away is for the list; only what is new is told. */
const freshMs = 60_000;

/** Whether a message is worth interrupting for. */
export function isWorthTelling({ message, chat, isOwn, isSeen, isWanted, now }: Asked): boolean {
  if (isOwn || isSeen || !isWanted || message.service !== undefined || message.silent || chat === undefined)
    return false;
  // Who is asked by name wants to know; between two people a name asks nobody in particular.
  const isAsked = chat.type !== 'direct' && message.mentions?.includes(chat.myParticipantId) === true;
  return !chat.isArchived && (isAsked || !isMuted(chat, now)) && now - Date.parse(message.sentAt) < freshMs;
}
