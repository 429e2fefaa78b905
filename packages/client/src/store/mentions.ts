import type { Chat, Message } from '@parley/contract';
import type { Change, ChatState, State } from './state.ts';

/** As many as the server tells of one chat: the newest. */
const most = 100;

/**
 * The chat once a message was told, new or edited. Unread mentions are kept by their place, so an event that comes twice, or after
 * the cursor has passed the message, changes nothing. What the viewer deleted for themself counts, as it does for `unreadCount`.
 */
export function withMentionOf(chat: ChatState, { sequence, mentions }: Message): ChatState {
  const isUnread = sequence > chat.readSequence && mentions?.includes(chat.myParticipantId) === true;
  return isUnread ? withMention(chat, sequence) : withoutMention(chat, sequence);
}

function withMention(chat: ChatState, sequence: number): ChatState {
  const known = chat.unreadMentionSequences ?? [];
  if (known.includes(sequence)) return chat;
  return withSequences(chat, [...known, sequence].sort((a, b) => a - b).slice(-most));
}

function withoutMention(chat: ChatState, sequence: number): ChatState {
  const known = chat.unreadMentionSequences;
  if (known?.includes(sequence) !== true) return chat;
  return withSequences(
    chat,
    known.filter((other) => other !== sequence),
  );
}

/** Those that the read cursor has passed are read. */
export function withoutReadMentions(chat: ChatState): ChatState {
  const known = chat.unreadMentionSequences ?? [];
  const unread = known.filter((sequence) => sequence > chat.readSequence);
  return unread.length === known.length ? chat : withSequences(chat, unread);
}

/** None is no list at all. */
function withSequences(chat: ChatState, sequences: number[]): ChatState {
  const { unreadMentionSequences: _, ...rest } = chat;
  const unreadMentions = sequences.length;
  return unreadMentions === 0
    ? { ...rest, unreadMentions }
    : { ...rest, unreadMentions, unreadMentionSequences: sequences };
}

/** There may be older ones that were not told. */
export const hasMostMentions = ({ chats }: State, chatId: string): boolean =>
  (chats.get(chatId)?.unreadMentionSequences?.length ?? 0) >= most;

/** As the server tells them. What is read here it may not know yet. */
export const putMentions = (state: State, { id, unreadMentionSequences = [] }: Chat): Change[] =>
  changeMentions(state, id, (chat) =>
    withSequences(
      chat,
      unreadMentionSequences.filter((sequence) => sequence > chat.readSequence),
    ),
  );

export const noteMention = (state: State, message: Message): Change[] =>
  changeMentions(state, message.chatId, (chat) => withMentionOf(chat, message));

export const dropMention = (state: State, chatId: string, sequence: number | undefined): Change[] =>
  sequence === undefined ? [] : changeMentions(state, chatId, (chat) => withoutMention(chat, sequence));

function changeMentions(state: State, chatId: string, change: (chat: ChatState) => ChatState): Change[] {
  const chat = state.chats.get(chatId);
  const next = chat && change(chat);
  if (next === undefined || next === chat) return [];
  state.chats.set(chatId, next);
  return [{ part: 'chat', chatId }];
}
