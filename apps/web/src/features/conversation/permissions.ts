import type { ChatState } from '@parley/client';
import type { Message } from '@parley/contract';

/** What is offered. The server decides. */

const isAdmin = ({ myRole }: ChatState): boolean => myRole !== 'member';
const isOwn = (chat: ChatState, message: Message): boolean => message.senderId === chat.myParticipantId;

export const mayPost = (chat: ChatState): boolean => chat.type !== 'channel' || isAdmin(chat);

export const mayEdit = (chat: ChatState, message: Message): boolean =>
  isOwn(chat, message) &&
  (message.messageType === 'text' || message.messageType === 'file') &&
  message.forwardedFrom === undefined;

export const mayPin = (chat: ChatState): boolean => chat.type === 'direct' || isAdmin(chat);

export const mayDeleteForEveryone = (chat: ChatState, message: Message): boolean =>
  isOwn(chat, message) || (chat.type !== 'direct' && isAdmin(chat));
