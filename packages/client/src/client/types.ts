import type {
  Chat,
  DraftChange,
  Forward,
  JoinWaiting,
  Login,
  Me,
  MessagePage,
  NewChat,
  PasskeyAnswer,
  Registration,
  TotpLogin,
  UserSettings,
} from '@parley/contract';
import type { Cache } from '../cache/cache.ts';
import type { Command } from '../commands/command.ts';
import type { Http } from '../http/http.ts';
import type { RouteInput, RouteResult } from '../http/route-types.ts';
import type { Draft } from '../outbox/item.ts';
import type { Sent } from '../outbox/outbox.ts';
import type { Activity, Network } from '../realtime/environment.ts';
import type { SocketConstructor } from '../realtime/link.ts';
import type { Realtime, Status } from '../realtime/realtime.ts';
import type { Storage } from '../storage/storage.ts';
import type { State } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import type { On } from './emitter.ts';
import type { ChosenFiles } from './files.ts';
import type { Searching } from './searching.ts';
import type { Uploading } from './uploading.ts';

export interface ClientOptions {
  /** `https://chat.example.org`; empty in a page that the server itself serves. */
  baseUrl: string;
  /** Address of `/ws` where it is not below `baseUrl`. */
  wsUrl?: string;
  /** Holds the session. In a page `localStorage` (and IndexedDB for the outbox), elsewhere memory. */
  storage?: Storage;
  outboxStorage?: Storage;
  /** What is shown before the server has answered. In a page IndexedDB, elsewhere none. */
  cache?: Cache;
  fetch?: typeof fetch;
  WebSocket?: SocketConstructor;
  activity?: Activity;
  network?: Network;
  /** The session ended, and not by `logout`: sign in again. */
  onSignedOut?(): void;
  /** What no caller can be told: errors in handlers, refusals of frames. Thrown as an unhandled error when not given. */
  onError?(error: unknown): void;
}

/** What a person may do in chats. Changes made here show in the store at once or with the event that tells them. */
export interface Actions {
  /** Kept in the outbox first. Resolves once accepted; rejects when refused, and the item stays in `state.pending` as failed. */
  send(chatId: string, draft: Draft): Promise<Sent>;
  discardSend(clientMessageId: string): Promise<void>;
  /**
   * Edits, deletions and reactions are shown at once (`asWanted`), kept, and wait for the server like sends do. Resolves once it did
   * it; when it refuses, rejects, and `onTakenBack` tells, also after a reload. `id`: of the message, or the `clientMessageId` of one
   * that is on its way, which is then sent so, or edited once it is stored: that is not waited for.
   */
  edit(chatId: string, id: string, content: string): Promise<void>;
  remove(chatId: string, messageId: string, options?: { forEveryone?: boolean }): Promise<void>;
  /** Sends messages again, in another chat. With `clientMessageIds` it may be tried again. Resolves once accepted. */
  forward(chatId: string, forward: Forward): Promise<void>;
  /** Holds a message up for all, or takes it down. */
  pin(chatId: string, messageId: string): Promise<void>;
  unpin(chatId: string, messageId: string): Promise<void>;
  /**
   * Leaves an emoji on a message or takes it back: as is said, otherwise whichever is not shown. It waits like an edit; the
   * last word counts.
   */
  react(chatId: string, messageId: string, emoji: string, isWanted?: boolean): Promise<void>;
  /** Up to a sequence, or all there is. */
  markRead(chatId: string, sequence?: number): void;
  /** Call it at each keystroke; it is told every few seconds. */
  typing(chatId: string, state?: 'start' | 'stop'): void;
  /** Whose presence is on the screen: up to 200 people, told at once and from then on. */
  watch(userIds: readonly string[]): void;
  createChat(chat: NewChat): Promise<Chat>;
  joinChat(chatId: string): Promise<Chat>;
  /** What one has begun to write, for one's other devices; empty: nothing any more. Shows in the store with its event. */
  saveDraft(chatId: string, draft: DraftChange): Promise<void>;
  /** By the token of a link: the chat, or that an admin has to let one in (`chat.join_resolved` tells). */
  joinByInvite(token: string): Promise<Chat | JoinWaiting>;
  leaveChat(chatId: string): Promise<void>;
  updateMe(change: NonNullable<RouteInput<'me.update'>['body']>): Promise<Me>;
  updateSettings(change: NonNullable<RouteInput<'settings.update'>['body']>): Promise<UserSettings>;
}

/** Parts of chats that are loaded when wanted. */
export interface Browsing {
  /**
   * Loads what showing the chat needs: a page (the newest, or around a sequence) unless it is there, members, receipts, pins. The chat
   * is open until `closeChat`.
   */
  openChat(chatId: string, options?: { around?: number }): Promise<void>;
  /** Back to the newest page after a jump. */
  loadNewest(chatId: string): Promise<void>;
  /**
   * One page more. An open chat holds about 400 messages: what lies beyond, at the other end from where the reader last moved, is
   * let go (`hasNewer` or `hasOlder` then says so) and loaded again when wanted.
   */
  loadOlder(chatId: string): Promise<MessagePage | undefined>;
  loadNewer(chatId: string): Promise<MessagePage | undefined>;
  /**
   * It is no longer shown: keeps the newest messages that are loaded. Of more than 200 closed chats, those that were opened the
   * longest ago keep none.
   */
  closeChat(chatId: string, keep?: number): void;
}

/** `code`: why the server refused; a code of the contract. */
export type TakenBack = (command: Command, code: string) => void;

export interface Client extends Actions, Browsing, Searching, Uploading, ChosenFiles {
  register(registration: Registration): Promise<RouteResult<'auth.register'>>;
  /** Rejects with `totp_required` and its `challenge` when a code is asked for: `confirmLogin` then signs in. */
  login(login: Login): Promise<void>;
  confirmLogin(answer: TotpLogin): Promise<void>;
  /** `answer`: of the browser, to what `passkeys.loginOptions` asked. */
  loginByPasskey(answer: PasskeyAnswer): Promise<void>;
  /** Ends the session, here and on the server, and forgets what was not sent. */
  logout(): Promise<void>;
  /** Whether a session is stored (it may have ended meanwhile). */
  isSignedIn(): Promise<boolean>;
  /**
   * Fills the state from the cache at once (a change of `all` tells), or loads it; catches up, connects, and resolves once
   * online. Keeps trying while there is no network; what is in the state can be shown, and what is sent waits.
   */
  start(): Promise<void>;
  stop(): void;
  readonly status: Status;
  onStatus(listener: (status: Status) => void): () => void;
  /** Events after they were applied to the store. */
  on: On;
  /** The server refused what was shown as done. */
  onTakenBack(listener: TakenBack): () => void;
  readonly http: Http;
  readonly realtime: Pick<Realtime, 'request' | 'send'>;
  readonly store: Store;
  /** The same parts of the state, fresh from the server: `equalState(store.state, await snapshot())` when nothing moves. */
  snapshot(): Promise<State>;
}
