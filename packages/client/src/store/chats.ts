import type { Chat, Participant, User } from '@parley/contract';
import { isLastUnknown, withOlder } from './last-message.ts';
import { letGo } from './letting-go.ts';
import { withoutReadMentions } from './mentions.ts';
import { asSeen } from './messages.ts';
import { type Change, type ChatState, chatTopic, type State } from './state.ts';

/**
 * Takes a chat as the server told it. A known one keeps its place in its log: moving it would pass over what the loaded messages
 * have not heard yet.
 */
export function putChat(state: State, told: Chat): Change[] {
  const known = state.chats.get(told.id);
  if (known === undefined) return setChat(state, told);
  return [...setPersonal(state, known, told), ...(isBehind(state, told) ? [] : putLast(state, told))];
}

/** What it tells may have been changed by events that came before it. */
function isBehind({ positions }: State, { id, position }: Chat): boolean {
  const known = positions.get(chatTopic(id));
  return known?.epoch !== position.epoch || position.offset < known.offset;
}

/** The last message, where only that it was deleted is known. */
export function putLast(state: State, { id, lastMessage, participants }: Chat): Change[] {
  const chat = state.chats.get(id);
  if (chat === undefined || !isLastUnknown(state, id)) return [];
  state.chats.set(id, withOlder(chat, lastMessage && asSeen(state, lastMessage)));
  return [{ part: 'chat', chatId: id }, ...setParticipants(state, id, participants)];
}

/** Takes a chat that was loaded anew, whatever is known. */
export function setChat(state: State, { participants, position, ...chat }: Chat): Change[] {
  const changes: Change[] = [{ part: 'chat', chatId: chat.id }];
  state.chats.set(chat.id, withoutVisiting(state, chat, changes));
  state.positions.set(chatTopic(chat.id), position);
  return [...changes, ...setParticipants(state, chat.id, participants)];
}

/**
 * Of a known chat only what is personal (flags, read cursor, role), which has another log: the rest follows with the chat's own
 * events, and so do the messages that were loaded of it.
 */
function setPersonal(state: State, chat: ChatState, told: Chat): Change[] {
  const { mutedUntil: _1, joinRequestCount: _2, draft: _3, ...rest } = chat;
  const { isPinned, isFavorite, isArchived, mutedUntil, myRole, joinRequestCount, draft } = told;
  const own = {
    isPinned,
    isFavorite,
    isArchived,
    myRole,
    ...(mutedUntil === undefined ? {} : { mutedUntil }),
    ...(joinRequestCount === undefined ? {} : { joinRequestCount }),
    ...(draft === undefined ? {} : { draft }),
    // Of another newest message it says nothing.
    ...(told.isLastMessageRead && told.lastSequence === chat.lastSequence ? { isLastMessageRead: true } : {}),
    ...(chat.peer === undefined ? {} : { peer: withBlock(chat.peer, told.peer?.isBlocked) }),
  };
  const next = read({ ...rest, ...own }, told.readSequence, told.readCount);
  if (hasSamePersonal(chat, next)) return [];
  state.chats.set(told.id, next);
  return [{ part: 'chat', chatId: told.id }];
}

const personal = [
  'isPinned',
  'isFavorite',
  'isArchived',
  'mutedUntil',
  'myRole',
  'joinRequestCount',
  'isLastMessageRead',
  'readSequence',
  'readCount',
] as const satisfies (keyof ChatState)[];

const hasSamePersonal = (a: ChatState, b: ChatState): boolean =>
  personal.every((key) => a[key] === b[key]) &&
  a.peer?.isBlocked === b.peer?.isBlocked &&
  a.draft?.updatedAt === b.draft?.updatedAt;

function withBlock({ isBlocked: _, ...peer }: User, isBlocked: true | undefined): User {
  return isBlocked ? { ...peer, isBlocked } : peer;
}

/**
 * All of one's chats: those that are not among them are gone, and those that cannot be continued are taken anew, without what was
 * loaded of them. `before`: those that were known when the list was asked for; what came or went since is told by events only.
 */
export function replaceChats(
  state: State,
  told: readonly Chat[],
  isAnew: (chat: Chat) => boolean = () => false,
  before?: ReadonlySet<string>,
): Change[] {
  const ids = new Set(told.map((chat) => chat.id));
  const gone = [...state.chats.keys()].filter((chatId) => !ids.has(chatId) && before?.has(chatId) !== false);
  const isThere = ({ id }: Chat): boolean => state.chats.has(id) || before?.has(id) !== true;
  const put = (chat: Chat): Change[] =>
    state.chats.has(chat.id) && isAnew(chat)
      ? [...setChat(state, chat), ...letGo(state, chat.id)]
      : [...putChat(state, chat), ...putPresence(state, chat.peer)];
  return [...gone.flatMap((chatId) => removeChat(state, chatId)), ...told.filter(isThere).flatMap(put)];
}

/** The read cursor only goes forward. */
export function read(chat: ChatState, sequence: number, readCount: number): ChatState {
  if (sequence < chat.readSequence || (sequence === chat.readSequence && readCount === chat.readCount)) return chat;
  const unreadCount = Math.max(0, chat.messageCount - readCount);
  return withoutReadMentions({ ...chat, readSequence: sequence, readCount, unreadCount });
}

/** Presence has one home in the state, whatever it came with; a person's bio is told by no event, so it is not kept. */
function withoutVisiting(state: State, chat: ChatState, changes: Change[]): ChatState {
  if (chat.peer === undefined) return chat;
  changes.push(...putPresence(state, chat.peer));
  const { presence: _1, bio: _2, ...peer } = chat.peer;
  return { ...chat, peer };
}

function putPresence(state: State, peer: Chat['peer']): Change[] {
  // What is known was told live, and may be newer than this answer; after a break it is forgotten, or told anew.
  if (peer?.presence === undefined || state.presence.has(peer.id)) return [];
  state.presence.set(peer.id, peer.presence);
  return [{ part: 'presence', userId: peer.id }];
}

export function removeChat(state: State, chatId: string): Change[] {
  if (!state.chats.delete(chatId)) return [];
  state.windows.delete(chatId);
  state.pins.delete(chatId);
  state.participants.delete(chatId);
  state.fullMembers.delete(chatId);
  state.receipts.delete(chatId);
  state.typing.delete(chatId);
  state.positions.delete(chatTopic(chatId));
  state.pending.delete(chatId);
  return [
    { part: 'chat', chatId },
    { part: 'messages', chatId },
    { part: 'pending', chatId },
  ];
}

export function setParticipants(state: State, chatId: string, participants: readonly Participant[]): Change[] {
  if (participants.length === 0) return [];
  const known = state.participants.get(chatId) ?? new Map<string, Participant>();
  for (const participant of participants) known.set(participant.id, participant);
  state.participants.set(chatId, known);
  return [{ part: 'participants', chatId }];
}
