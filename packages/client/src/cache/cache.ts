import type { Me, Message, Participant, Position, ReadReceipt, UserSettings } from '@parley/contract';
import type { ChatState, MessageWindow } from '../store/state.ts';

/** Grows with every change of what is kept: a cache of another version is dropped, never converted. */
export const cacheVersion = 3;

/** Messages that are kept of a chat, and chats of which messages are kept. */
export const keptMessages = 60;
export const keptHistories = 200;

export interface CachedPerson {
  me: Me;
  settings: UserSettings;
  /** Of the person's own topic; everything else that is kept is at least as new in what that topic tells. */
  position: Position;
  /** What the person deleted for themself, and when. */
  hidden: readonly (readonly [messageId: string, deletedAt: string])[];
}

export interface CachedChat {
  chatId: string;
  chat: ChatState;
  position: Position;
  /** Those whose ids appear in its last message. */
  participants: readonly Participant[];
}

/** What is kept of a chat that was opened. */
export interface CachedHistory {
  chatId: string;
  /** Where the chat's log stood; events after it have yet to be applied. */
  position: Position;
  window: MessageWindow;
  participants: readonly Participant[];
  hasAllMembers: boolean;
  receipts?: readonly ReadReceipt[];
  pins?: readonly Message[];
  /** It was not known of everybody how far they have read, and the answer had not come. */
  asksReceipts: boolean;
  /** Unix time in ms, by this machine's clock. */
  openedAt: number;
}

export interface Kept {
  person: CachedPerson;
  chats: readonly CachedChat[];
}

export interface CacheBatch {
  userId: string;
  person?: CachedPerson;
  chats: readonly CachedChat[];
  /** Each with its chat in `chats`. */
  histories: readonly CachedHistory[];
  /** Chats that are no more. */
  gone: readonly string[];
  /** Chats of which no messages are to be kept any longer. */
  letGo: readonly string[];
}

/**
 * What the app shows before the server has answered. It belongs to one person at a time, may be gone at any moment, and is never
 * more than a copy of an earlier state: state of the cache + events after its positions = state.
 */
export interface Cache {
  /** Makes it this person's: what somebody else left is wiped. What is kept, if anything. Rejects where there is no cache. */
  open(userId: string): Promise<Kept | undefined>;
  /** The histories of the one it was opened for, the last opened ones first, a few at a time. */
  histories(): AsyncIterable<readonly CachedHistory[]>;
  /**
   * All or nothing. A chat that is kept at a later position stays as it is; resolves to those. Rejects when the cache is not this
   * person's (any more).
   */
  write(batch: CacheBatch): Promise<readonly string[]>;
  /** Forgets everything, if it is this person's. */
  wipe(userId: string): Promise<void>;
}

/** Whether what would be written is behind what is kept. Of different epochs the one that comes later counts. */
export const isBehind = (mine: Position, kept: Position | undefined): boolean =>
  kept !== undefined && kept.epoch === mine.epoch && mine.offset < kept.offset;

export class NotOwner extends Error {
  constructor() {
    super('The cache belongs to somebody else.');
  }
}
