import type { Chat, Me, Message, Participant, UserSettings } from '@parley/contract';
import { putChat } from '../store/chats.ts';
import { createState, type State, windowOf } from '../store/state.ts';

export const at = (minute: number): string => `2026-01-31T12:${String(minute).padStart(2, '0')}:00.000Z`;
export const position = (offset: number, epoch = 'e1') => ({ epoch, offset });

export const buildMessage = (sequence: number, change: Partial<Message> = {}): Message => ({
  id: `m${sequence}`,
  chatId: 'c1',
  senderId: 'bob',
  content: `text ${sequence}`,
  messageType: 'text',
  status: 'sent',
  sequence,
  sentAt: at(sequence),
  ...change,
});

export const buildParticipant = (id: string, change: Partial<Participant> = {}): Participant => ({
  id,
  userId: id,
  displayName: id,
  username: id,
  role: 'member',
  isMember: true,
  ...change,
});

/** A group in which the viewer `me` has read three of five messages. */
export const buildChat = (change: Partial<Chat> = {}): Chat => ({
  id: 'c1',
  type: 'group',
  title: 'Group',
  memberCount: 3,
  createdAt: at(0),
  lastMessage: buildMessage(5),
  lastSequence: 5,
  messageCount: 5,
  readSequence: 3,
  readCount: 3,
  unreadCount: 2,
  unreadMentions: 0,
  myRole: 'member',
  myParticipantId: 'me',
  isPinned: false,
  isFavorite: false,
  isArchived: false,
  participants: [buildParticipant('bob')],
  position: position(10),
  ...change,
});

export const buildMe = (change: Partial<Me> = {}): Me => ({
  id: 'me',
  username: 'me',
  displayName: 'Me',
  email: 'me@example.org',
  isAdmin: false,
  createdAt: at(0),
  ...change,
});

export const buildSettings = (change: Partial<UserSettings> = {}): UserSettings => ({
  lastSeenPrivacy: 'everyone',
  readReceipts: true,
  theme: 'system',
  language: 'en',
  notifications: true,
  app: {},
  ...change,
});

/** `me` in the chat `c1`, with all five messages loaded. */
export function buildState(chat: Partial<Chat> = {}): State {
  const state = createState();
  state.me = buildMe();
  state.settings = buildSettings();
  state.positions.set('user:me', position(1));
  putChat(state, buildChat(chat));
  const items = [1, 2, 3, 4, 5].map((sequence) => buildMessage(sequence));
  const page = { items, participants: [], position: position(10), hasOlder: false, hasNewer: false };
  state.windows.set('c1', windowOf(page));
  return state;
}
