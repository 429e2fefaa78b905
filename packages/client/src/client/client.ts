import type { Tokens } from '@parley/contract';
import { ApiError, isPassing, needsSignIn } from '../http/api-error.ts';
import { createHttp } from '../http/http.ts';
import { createSession, type StoredSession } from '../http/session.ts';
import { createPauses } from '../outbox/pauses.ts';
import { pageActivity, pageNetwork } from '../realtime/environment.ts';
import { createRealtime, type Realtime, type Status } from '../realtime/realtime.ts';
import { defaultCache, defaultShelf, defaultStorages } from '../storage/default-storage.ts';
import { setParticipants } from '../store/chats.ts';
import { clearState } from '../store/state.ts';
import { createStore } from '../store/store.ts';
import { createActions } from './actions.ts';
import { socketAddress } from './address.ts';
import { throwUnlessPassing, unlessExpected } from './background.ts';
import { createBounds } from './bounds.ts';
import { createBrowsing } from './browsing.ts';
import { createCatchingUp } from './catching-up.ts';
import { createEmitter } from './emitter.ts';
import { createFiles } from './files.ts';
import { createIntake } from './intake.ts';
import { createKeeping } from './keeping.ts';
import { createLastMessages } from './last-messages.ts';
import { createLoading } from './loading.ts';
import { createIntroductions } from './participants.ts';
import { createQueues, forgetQueues, type Queues } from './queues.ts';
import { createReads } from './reads.ts';
import { createReceiptQuestions } from './receipt-questions.ts';
import { createSearching } from './searching.ts';
import { loadSnapshot } from './snapshot.ts';
import { persist, untilAborted, untilOnline } from './starting.ts';
import type { Client, ClientOptions, TakenBack } from './types.ts';
import { createTyping, expireTyping } from './typing.ts';
import { createUploading } from './uploading.ts';
import { createWatching } from './watching.ts';

/** A client of one server: session, state, events and sending. Nothing happens before `start`. */
export function createClient(options: ClientOptions): Client {
  const { baseUrl, network = pageNetwork, activity = pageActivity } = options;
  const onError = options.onError ?? throwUnlessPassing;
  const onBackgroundError = unlessExpected(onError);
  const { storage, outboxStorage } = defaultStorages(options);
  const store = createStore();
  const bounds = createBounds(store);
  const emitter = createEmitter(onError);
  const statusListeners = new Set<(status: Status) => void>();
  const takenBackListeners = new Set<TakenBack>();
  let status: Status = 'offline';
  let queues: Queues | undefined;
  let ending = new AbortController();
  let stopExpiry: (() => void) | undefined;
  let current: StoredSession | undefined;
  let isLeaving = false;
  let isStarting = false;
  /** The sign-out that is under way. */
  let leaving: Promise<unknown> = Promise.resolve();

  const setStatus = (next: Status): void => {
    if (next === status) return;
    status = next;
    if (next === 'online') onOnline();
    for (const listener of statusListeners) listener(next);
  };

  const session = createSession({
    storage,
    refresh: (refreshToken) => publicHttp.call('auth.refresh', { body: { refresh_token: refreshToken } }),
    onSignedOut: () => {
      const { userId } = current ?? {};
      halt('signed_out');
      if (userId !== undefined) void keeping.drop(userId);
      if (!isLeaving) options.onSignedOut?.();
    },
  });
  const publicHttp = createHttp({ baseUrl, fetch: options.fetch });
  const http = createHttp({ baseUrl, fetch: options.fetch, tokens: session, onSlow: () => realtime.probe() });
  /** Ends with the sign-in that it was asked for: what comes later must not show to the next. */
  const call = untilAborted(http.call, () => ending.signal);
  const loading = createLoading(call, store);
  const shelf = defaultShelf(options);
  const pauses = createPauses();
  const uploading = createUploading({
    baseUrl,
    http,
    store,
    pause: (ms) => pauses.wait(ms, ending.signal),
  });

  const realtime: Realtime = createRealtime({
    url: options.wsUrl ?? socketAddress(baseUrl),
    WebSocket: options.WebSocket,
    tokens: session,
    tokenExpiresAt: session.expiresAt,
    positions: () => store.state.positions,
    onEvent: (event) => intake(event),
    onResync: async (topics) => {
      await loading.topics(topics);
      void queues?.outbox.confirm().catch(onBackgroundError);
    },
    onStatus: setStatus,
    onStopped: (code) => {
      halt('offline');
      onError(new ApiError('forbidden', `The server closed the connection for good (${code}).`));
    },
    onError: onBackgroundError,
    activity,
    network,
  });

  const watching = createWatching(store, realtime.send);
  const reads = createReads(call, store, realtime.send, onBackgroundError);
  const meet = async (chatId: string, around: number): Promise<void> => {
    const page = await call('messages.page', { params: { chatId }, query: { around, limit: 1 } });
    store.update((state) => setParticipants(state, chatId, page.participants));
  };

  const isOnline = (): boolean => status === 'online';
  const receiptQuestions = createReceiptQuestions(store.state, loading.receipts, isOnline, onBackgroundError);
  const lastMessages = createLastMessages(store, loading, { isOnline, onError: onBackgroundError });
  const cache = defaultCache(options);
  const keeping = createKeeping({ cache, store, bounds, activity, receipts: receiptQuestions, onError });

  const intake = createIntake({
    store,
    loading,
    emitter,
    reads,
    queues: () => queues,
    introduce: createIntroductions(store.state, meet, onBackgroundError),
    receipts: receiptQuestions,
    resume: realtime.resume,
    resync: realtime.resync,
    onError: onBackgroundError,
  });

  const onOnline = (): void => {
    queues?.wake();
    pauses.wake();
    reads.flush();
    lastMessages.askAll();
    watching.renew();
  };

  const start = async (): Promise<void> => {
    if (current !== undefined || isStarting) return;
    isStarting = true;
    ending = new AbortController();
    const { signal } = ending;
    const stored = await session.current().finally(() => {
      isStarting = false;
    });
    signal.throwIfAborted();
    if (stored === undefined) throw new ApiError('unauthorized', 'Sign in first.');
    current = stored;
    try {
      await prepare(stored, signal);
    } catch (error) {
      if (!signal.aborted) halt(needsSignIn(error) ? 'signed_out' : 'offline');
      throw error;
    }
    const online = untilOnline(client, signal);
    realtime.start();
    await online;
  };

  const catchUp = createCatchingUp({
    call,
    store,
    loading,
    intake,
    isOpen: bounds.isOpen,
    onReached: () => {
      if (!ending.signal.aborted) setStatus('updating');
    },
  });

  /** One try: continues what is kept, or loads everything. */
  const load = async (): Promise<void> => {
    setStatus(network.isOnline() ? 'connecting' : 'offline');
    if (store.state.me === undefined) return void (await loading.base());
    const { told, hasGaps } = await catchUp();
    reads.repeat(told);
    if (hasGaps) void queues?.outbox.confirm().catch(onBackgroundError);
  };

  /** What the server does not take as a start is not continued. */
  const loadOrGiveUpKept = async (userId: string): Promise<void> => {
    try {
      await load();
    } catch (error) {
      if (isPassing(error) || needsSignIn(error) || store.state.me === undefined) throw error;
      await keeping.discard(userId);
      await load();
    }
  };

  const prepare = async ({ userId }: StoredSession, signal: AbortSignal): Promise<void> => {
    if (store.state.me !== undefined && store.state.me.id !== userId) forget();
    stopExpiry = expireTyping(store);
    // What an earlier run of this client knew is continued from its positions.
    const isKnown = store.state.me !== undefined;
    if (!isKnown) {
      setStatus(network.isOnline() ? 'connecting' : 'offline');
      await keeping.restore(userId);
    }
    signal.throwIfAborted();
    queues = createQueues({
      userId,
      call,
      realtime,
      store,
      shelf,
      storage: outboxStorage,
      upload: uploading.uploadFile,
      onTakenBack: (command, code) => {
        for (const listener of takenBackListeners) listener(command, code);
      },
      onError,
      onBackgroundError,
    });
    await queues.open();
    signal.throwIfAborted();
    keeping.begin(userId);
    if (!isKnown) await persist(() => loadOrGiveUpKept(userId), network, signal);
  };

  const forget = (): void => {
    bounds.forget();
    reads.forget();
    store.update(clearState);
  };

  const halt = (final: Status): void => {
    current = undefined;
    ending.abort(new ApiError(final === 'signed_out' ? 'session_ended' : 'network', 'The client was stopped.'));
    realtime.stop();
    queues?.close();
    queues = undefined;
    stopExpiry?.();
    receiptQuestions.end();
    lastMessages.end();
    keeping.end();
    setStatus(final);
  };

  const begin = async (tokens: Tokens): Promise<void> => {
    await leaving;
    if (current !== undefined) halt('offline');
    await session.begin(tokens);
  };

  const logout = (): Promise<void> => {
    const left = leave();
    leaving = left.catch(() => undefined);
    return left;
  };

  const leave = async (): Promise<void> => {
    const stored = await session.current();
    isLeaving = true;
    halt('offline');
    try {
      await http.call('auth.logout');
    } catch (error) {
      // Without the server the tokens are forgotten here all the same; the session can be ended from another device.
      if (!isPassing(error) && !needsSignIn(error)) onError(error);
    } finally {
      isLeaving = false;
    }
    try {
      await session.end();
      if (stored !== undefined) {
        await keeping.drop(stored.userId);
        await forgetQueues({ storage: outboxStorage, shelf, userId: stored.userId, onBackgroundError });
      }
    } finally {
      forget();
      setStatus('signed_out');
    }
  };

  const client: Client = {
    ...createActions({
      call: http.call,
      store,
      reads,
      queues: () => queues,
      typing: createTyping(realtime.send),
      watch: watching.watch,
    }),
    ...createBrowsing({
      store,
      loading,
      bounds,
      restored: keeping.restored,
      takeStaleReceipts: keeping.takeStaleReceipts,
      onError: onBackgroundError,
    }),
    ...createSearching(http.call),
    ...uploading,
    ...createFiles({ store, uploads: () => queues?.uploads, outbox: () => queues?.outbox }),
    register: (registration) => http.call('auth.register', { body: registration }),
    login: async (login) => begin(await http.call('auth.login', { body: login })),
    loginByPasskey: async (answer) => begin(await http.call('passkeys.login', { body: { answer } })),
    confirmLogin: async (answer) => begin(await http.call('auth.loginTotp', { body: answer })),
    logout,
    isSignedIn: async () => (await session.current()) !== undefined,
    start,
    stop: () => halt('offline'),
    get status() {
      return status;
    },
    onStatus(listener) {
      statusListeners.add(listener);
      return () => statusListeners.delete(listener);
    },
    on: emitter.on,
    onTakenBack(listener) {
      takenBackListeners.add(listener);
      return () => takenBackListeners.delete(listener);
    },
    http,
    realtime,
    store,
    snapshot: () => loadSnapshot(http.call, store.state),
  };
  return client;
}
