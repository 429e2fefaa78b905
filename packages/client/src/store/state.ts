import type {
  Chat,
  Me,
  Message,
  MessagePage,
  Participant,
  Position,
  Presence,
  ReadReceipt,
  UserSettings,
} from '@parley/contract';
import type { Command } from '../commands/command.ts';
import type { OutboxItem } from '../outbox/item.ts';
import type { Upload } from '../uploads/upload.ts';

/** The loaded part of a chat's history: one run of messages without holes, oldest to newest. */
export interface MessageWindow {
  readonly items: readonly Message[];
  readonly hasOlder: boolean;
  /** False: it reaches the newest message, and new ones are added to it. */
  readonly hasNewer: boolean;
}

/** One's own reaction for which the server is being asked. */
export interface Asked {
  readonly emoji: string;
  /** As it was then, and as events about others have changed it since: if it is another, a page or an edit has come. */
  readonly message: Message;
}

/** A chat as the viewer sees it. Who its people are is in `participants`, where its log stands in `positions`. */
export type ChatState = Omit<Chat, 'participants' | 'position'>;

/**
 * All a client knows. The maps are changed in place; what is in them (a chat, a window, a participant, ...) is never changed
 * but replaced, so comparing by identity tells whether it changed. The inner maps of `participants`, `receipts` and `typing`
 * are changed in place as well. Every change is told by a `Change`.
 */
export interface State {
  me: Me | undefined;
  settings: UserSettings | undefined;
  readonly chats: Map<string, ChatState>;
  /** By chat; only chats that were opened have one. */
  readonly windows: Map<string, MessageWindow>;
  /** By chat, by participant id: those met so far, all members where `fullMembers` has the chat. */
  readonly participants: Map<string, Map<string, Participant>>;
  readonly fullMembers: Set<string>;
  /** Messages that the viewer deleted for themself, by id: when. What is told of a chat is told to everyone in full. */
  readonly hidden: Map<string, string>;
  /** By message id; one at a time on each. */
  readonly asked: Map<string, Asked>;
  /** By chat: messages that are held up, the latest first. Only chats that were opened have them. */
  readonly pins: Map<string, readonly Message[]>;
  /** By chat, by participant id: how far the others have read. Only chats that were opened have them. */
  readonly receipts: Map<string, Map<string, ReadReceipt>>;
  /** By chat, by participant id: until when (Unix time in ms) the typing counts without a repeat. */
  readonly typing: Map<string, Map<string, number>>;
  /** By user id. */
  readonly presence: Map<string, Presence>;
  /** By topic: up to where the log is applied. */
  readonly positions: Map<string, Position>;
  /** By chat: own messages not yet seen in the chat, oldest first. */
  readonly pending: Map<string, readonly OutboxItem[]>;
  /** By chat: what waits to be done with stored messages, in order; see `asWanted`. */
  readonly commands: Map<string, readonly Command[]>;
  /** By chat: files that were chosen there, until their message is stored; in the order chosen. */
  readonly uploads: Map<string, readonly Upload[]>;
}

export const createState = (): State => ({
  me: undefined,
  settings: undefined,
  chats: new Map(),
  windows: new Map(),
  participants: new Map(),
  fullMembers: new Set(),
  hidden: new Map(),
  asked: new Map(),
  pins: new Map(),
  receipts: new Map(),
  typing: new Map(),
  presence: new Map(),
  positions: new Map(),
  pending: new Map(),
  commands: new Map(),
  uploads: new Map(),
});

/** Nobody is signed in. */
export function clearState(state: State): Change[] {
  Object.assign(state, { me: undefined, settings: undefined });
  for (const part of Object.values(state)) if (part instanceof Map || part instanceof Set) part.clear();
  return [{ part: 'all' }];
}

export const windowOf = (page: MessagePage): MessageWindow => ({
  items: page.items,
  hasOlder: page.hasOlder,
  hasNewer: page.hasNewer,
});

/** What changed: which part of the state, and where it is kept by chat or person, whose. */
export type Change =
  | { part: 'all' | 'me' | 'settings' }
  | {
      part: 'chat' | 'messages' | 'pins' | 'participants' | 'receipts' | 'typing' | 'pending' | 'commands' | 'uploads';
      chatId: string;
    }
  | { part: 'presence'; userId: string };

export const chatTopic = (chatId: string): string => `chat:${chatId}`;
export const userTopic = (userId: string): string => `user:${userId}`;
/** The chat of `chat:<id>`. */
export const chatOfTopic = (topic: string): string | undefined =>
  topic.startsWith('chat:') ? topic.slice('chat:'.length) : undefined;
