export type { Cache, CacheBatch, CachedChat, CachedHistory, CachedPerson, Kept } from './cache/cache.ts';
export { createIndexedDbCache } from './cache/indexed-db-cache.ts';
export { createMemoryCache } from './cache/memory-cache.ts';
export { createClient } from './client/client.ts';
export type { Handler, HandlerMeta, On } from './client/emitter.ts';
export type { ChosenFiles } from './client/files.ts';
export type { Found, Searching, SearchOptions } from './client/searching.ts';
export { loadSnapshot } from './client/snapshot.ts';
export { createTurns } from './client/turns.ts';
export type { Actions, Browsing, Client, ClientOptions, TakenBack } from './client/types.ts';
export type { Uploading, UploadOptions } from './client/uploading.ts';
export type { Command, Order } from './commands/command.ts';
export { ApiError, type ApiErrorCode, isPassing, needsSignIn } from './http/api-error.ts';
export { createHttp, type Http, type HttpOptions, type TokenSource } from './http/http.ts';
export { routeTable } from './http/route-table.ts';
export type { Call, CallExtras, RouteInput, RouteResult } from './http/route-types.ts';
export { createSession, type Session, type SessionOptions, type StoredSession } from './http/session.ts';
export type { Draft, OutboxItem, OutboxState } from './outbox/item.ts';
export { newMessageKey } from './outbox/message-key.ts';
export { createOutbox, type Outbox, type OutboxOptions, type Sent, type Transport } from './outbox/outbox.ts';
export { type Backoff, type BackoffOptions, createBackoff } from './realtime/backoff.ts';
export { type Activity, type Network, pageActivity, pageNetwork } from './realtime/environment.ts';
export type { SocketConstructor, SocketLike } from './realtime/link.ts';
export { createRealtime, type Realtime, type RealtimeOptions, type Status } from './realtime/realtime.ts';
export { frameEvents, sharedSpellings } from './realtime/wire.ts';
export { type Channel, type Channels, createProcessChannels, tabChannels } from './storage/channel.ts';
export { createIndexedDbStorage } from './storage/indexed-db.ts';
export { createLocalStorage } from './storage/local-storage.ts';
export { createProcessLocks, type Locks, webLocks } from './storage/locks.ts';
export { createMemoryStorage, type Storage } from './storage/storage.ts';
export { allAsWanted, asWanted } from './store/commands.ts';
export { differences, equalState } from './store/equal-state.ts';
export { newestLeft } from './store/last-message.ts';
export { excerptOf, isService } from './store/messages.ts';
export type { EventMeta, Reducer, Reducers } from './store/reducer.ts';
export { reducers } from './store/reducers.ts';
export {
  type Change,
  type ChatState,
  chatTopic,
  createState,
  type MessageWindow,
  type State,
  userTopic,
} from './store/state.ts';
export { type ClientEvent, createStore, type Listener, type Outcome, type Store } from './store/store.ts';
export { createMemoryShelf, type Shelf } from './uploads/shelf.ts';
export { type FileAbout, maxKeptBytes, type Upload, type UploadState } from './uploads/upload.ts';
export { attachmentOf } from './uploads/waiting.ts';
