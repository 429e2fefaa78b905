import type { ChatFacts, Draft, Participant, ReadReceipt, Role } from '@parley/contract';
import { putChat, read, removeChat, setParticipants } from './chats.ts';
import type { Reducers } from './reducer.ts';
import type { Change, ChatState, State } from './state.ts';

/** Who typed and then said nothing any more, counts as typing for this long. */
const typingMs = 6_000;

export const chatReducers = {
  'chat.created': (state, { chat }) => putChat(state, chat),
  'chat.updated': (state, { chatId, chat }) => change(state, chatId, (known) => withFacts(known, chat)),
  'chat.deleted': (state, { chatId }) => removeChat(state, chatId),
  'chat.left': (state, { chatId }) => removeChat(state, chatId),
  'chat.member_joined': (state, { chatId, participant, memberCount }) => [
    ...change(state, chatId, (chat) => ({ ...chat, memberCount })),
    ...know(state, chatId, participant),
  ],
  'chat.member_left': (state, { chatId, userId, memberCount }) => {
    const participant = state.participants.get(chatId)?.get(userId);
    state.receipts.get(chatId)?.delete(userId);
    state.typing.get(chatId)?.delete(userId);
    return [
      ...change(state, chatId, (chat) => ({ ...chat, memberCount })),
      ...(participant === undefined ? [] : know(state, chatId, { ...participant, isMember: false })),
      { part: 'receipts', chatId },
      { part: 'typing', chatId },
    ];
  },
  'chat.participant_updated': (state, { chatId, participant }) => [
    ...change(state, chatId, (chat) => withParticipant(chat, participant)),
    ...know(state, chatId, participant),
  ],
  'chat.join_requested': (state, { chatId, joinRequestCount }) =>
    change(state, chatId, (chat) => withRequests(chat, joinRequestCount)),
  'chat.join_resolved': (state, { chatId, joinRequestCount }) =>
    joinRequestCount === undefined ? [] : change(state, chatId, (chat) => withRequests(chat, joinRequestCount)),
  'draft.updated': (state, { chatId, draft }) => change(state, chatId, (chat) => withDraft(chat, draft)),
  'chat.flags_updated': (state, { chatId, flags }) =>
    change(state, chatId, ({ mutedUntil: _, ...chat }) => ({ ...chat, ...flags })),
  'chat.read': (state, { chatId, sequence, readCount }) =>
    change(state, chatId, (chat) => read(chat, sequence, readCount)),
  'receipt.updated': (state, { chatId, ...receipt }) => {
    const isOwn = state.chats.get(chatId)?.myParticipantId === receipt.userId;
    if (isOwn || state.settings?.readReceipts === false) return [];
    return [
      ...change(state, chatId, (chat) => withLastRead(chat, receipt.sequence)),
      ...putReceipt(state, chatId, receipt),
    ];
  },
  'typing.updated': (state, { chatId, userId, state: typing }, { now }) => {
    const chat = state.chats.get(chatId);
    if (chat === undefined || chat.myParticipantId === userId) return [];
    const typers = state.typing.get(chatId) ?? new Map<string, number>();
    if (typing === 'start') typers.set(userId, now + typingMs);
    else if (!typers.delete(userId)) return [];
    state.typing.set(chatId, typers);
    return [{ part: 'typing', chatId }];
  },
} satisfies Partial<Reducers>;

function change(state: State, chatId: string, edit: (chat: ChatState) => ChatState): Change[] {
  const chat = state.chats.get(chatId);
  if (chat === undefined) return [];
  const next = edit(chat);
  if (next === chat) return [];
  state.chats.set(chatId, next);
  return [{ part: 'chat', chatId }];
}

const know = (state: State, chatId: string, participant: Participant): Change[] =>
  state.chats.has(chatId) ? setParticipants(state, chatId, [participant]) : [];

/** Of chats that were not opened only this is known of how far others have read. */
function withLastRead(chat: ChatState, sequence: number): ChatState {
  const { lastMessage: last, lastSequence, myParticipantId, isLastMessageRead } = chat;
  const isOwn = last?.sequence === lastSequence && last.senderId === myParticipantId && last.messageType !== 'system';
  return isOwn && sequence >= lastSequence && !isLastMessageRead ? { ...chat, isLastMessageRead: true } : chat;
}

function putReceipt(state: State, chatId: string, { userId, sequence, readAt }: ReadReceipt): Change[] {
  const receipts = state.receipts.get(chatId);
  if (receipts === undefined || sequence < (receipts.get(userId)?.sequence ?? 0)) return [];
  receipts.set(userId, { userId, sequence, readAt });
  return [{ part: 'receipts', chatId }];
}

/** What is absent in the facts is gone. */
function withFacts(chat: ChatState, facts: ChatFacts): ChatState {
  const { title: _1, description: _2, publicName: _3, avatarUrl: _4, ...own } = chat;
  return { ...own, ...facts };
}

export function withDraft(chat: ChatState, draft: Draft | undefined): ChatState {
  const { draft: _, ...rest } = chat;
  return draft === undefined ? rest : { ...rest, draft };
}

/** Nobody waiting is no count at all. */
function withRequests(chat: ChatState, count: number): ChatState {
  if ((chat.joinRequestCount ?? 0) === count) return chat;
  const { joinRequestCount: _, ...rest } = chat;
  return count === 0 ? rest : { ...rest, joinRequestCount: count };
}

/** Who waits to be let in concerns admins only. */
function withRole(chat: ChatState, role: Role): ChatState {
  if (role === chat.myRole) return chat;
  return { ...(role === 'member' ? withRequests(chat, 0) : chat), myRole: role };
}

function withParticipant(chat: ChatState, participant: Participant): ChatState {
  const ranked = participant.id === chat.myParticipantId ? withRole(chat, participant.role) : chat;
  if (ranked.peer === undefined || participant.userId !== ranked.peer.id) return ranked;
  const { avatarUrl: _, ...peer } = ranked.peer;
  const { displayName, username = peer.username, avatarUrl } = participant;
  return { ...ranked, peer: { ...peer, displayName, username, ...(avatarUrl === undefined ? {} : { avatarUrl }) } };
}
