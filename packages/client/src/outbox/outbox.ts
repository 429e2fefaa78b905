import type { Message, StoredFile } from '@parley/contract';
import { ApiError, isPassing, needsSignIn, networkError } from '../http/api-error.ts';
import { createProcessLocks } from '../storage/locks.ts';
import type { Storage } from '../storage/storage.ts';
import { reworded, unsent } from './editing.ts';
import { createEntries, type Entry } from './entries.ts';
import { again, type Draft, isReady, isText, type OutboxItem, withoutFiles } from './item.ts';
import { newMessageKey } from './message-key.ts';
import { createPauses } from './pauses.ts';
import { asApiError, sendUntilJudged } from './sending.ts';
import { createTimes } from './times.ts';

export interface Transport {
  /** Resolves once the server keeps the message. A repeat with the same `clientMessageId` changes nothing. */
  send(item: OutboxItem): Promise<{ id: string }>;
  /** Waits until it is stored too; false when that takes longer. */
  confirm(item: OutboxItem): Promise<boolean>;
}

export interface OutboxOptions {
  storage: Storage;
  userId: string;
  transport: Transport;
  onChange(item: OutboxItem): void;
  onRemove(item: Pick<OutboxItem, 'chatId' | 'clientMessageId' | 'uploadIds'>): void;
  /** Its message is stored, and it is about to leave. */
  onStored?(item: OutboxItem, messageId: string): Promise<void>;
  onError?(error: unknown): void;
  random?: () => number;
}

export interface Sent {
  id: string;
  clientMessageId: string;
}

export interface Outbox {
  /** Takes up what an earlier run left behind. */
  open(): Promise<void>;
  /** Kept first, then sent. Resolves once accepted; rejects when refused (the item stays as `failed`) or discarded. */
  send(chatId: string, draft: Draft): Promise<Sent>;
  retry(clientMessageId: string): Promise<void>;
  /** Other words for what is on its way; a text that was refused is sent again with them. False: it is not here any more. */
  edit(clientMessageId: string, content: string): Promise<boolean>;
  discard(clientMessageId: string): Promise<void>;
  /** The chat is gone: so are its items. */
  discardChat(chatId: string): Promise<void>;
  /** Its message was seen in the chat. */
  seen(message: Pick<Message, 'id' | 'clientMessageId'>): Promise<void>;
  /** The files it waited for have arrived. */
  release(clientMessageId: string, files: readonly StoredFile[]): Promise<void>;
  /** The server gave up an accepted message, or one of its files was refused. */
  failed(clientMessageId: string, code: string): Promise<void>;
  /** Looks up whether accepted messages are stored, where their events may have been missed. */
  confirm(): Promise<void>;
  /** The server can be reached (again): do not wait any longer. */
  wake(): void;
  /** Ends sending; what is left waits in the storage. */
  close(): void;
}

/**
 * Messages on their way, in a storage that survives a reload. In each chat one is sent after the other was acknowledged, by one
 * tab at a time, so what a person wrote keeps its order. An item leaves when its message was seen in the chat.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { storage, transport } = options;
  const entries = createEntries(storage, options.userId);
  const waiters = new Map<string, PromiseWithResolvers<Sent>>();
  const sending = new Set<string>();
  const turns = createProcessLocks();
  const pauses = createPauses();
  const times = createTimes();
  const ending = new AbortController();

  const tell = (item: OutboxItem): void => {
    options.onChange(item);
    channel?.say(wordOf(item));
  };

  /** Changes of one item, one after the other: its acknowledgement and its event often come together. */
  const alter = (id: string, change: (item: OutboxItem) => OutboxItem): Promise<OutboxItem | undefined> =>
    turns.hold(id, async () => {
      const item = await entries.alter(id, change);
      if (item !== undefined) tell(item);
      return item;
    });

  const settle = (clientMessageId: string, outcome: string | ApiError): void => {
    const waiter = waiters.get(clientMessageId);
    waiters.delete(clientMessageId);
    if (typeof outcome === 'string') waiter?.resolve({ id: outcome, clientMessageId });
    else waiter?.reject(outcome);
  };

  const tellGone = (item: OutboxItem): void => {
    options.onRemove(item);
    channel?.say(wordOf(item));
  };

  /** Another tab changed an item: how it stands is in the storage. What is queued there is sent here, should that tab close. */
  const hear = (word: string): void => {
    const [chatId = '', clientMessageId = ''] = word.split(' ');
    const look = async (): Promise<void> => {
      const entry = await entries.find(clientMessageId);
      if (ending.signal.aborted) return;
      if (entry === undefined) return options.onRemove({ chatId, clientMessageId });
      options.onChange(entry.item);
      settleElsewhere(entry.item);
      if (isReady(entry.item)) work(chatId);
    };
    turns.hold(clientMessageId, look).catch((error: unknown) => options.onError?.(error));
  };
  const channel = storage.channels?.(`outbox/${options.userId}`, hear);

  const trySending = (entry: Entry): Promise<string | ApiError | undefined> =>
    sendUntilJudged({
      send: () => transport.send(entry.item),
      isOver: async () => ending.signal.aborted || !(await entries.has(entry)),
      pause: (ms) => pauses.wait(ms, ending.signal),
      onError: options.onError,
      random: options.random,
    });

  /** From now on the server may have it. As it stands now: it may have been edited, or be gone. */
  const begin = async ({ key, item: { clientMessageId } }: Entry): Promise<Entry | undefined> => {
    const item = await turns.hold(clientMessageId, () =>
      entries.alter(clientMessageId, (known) => ({ ...known, isTried: true })),
    );
    return item && { key, item };
  };

  const accept = async ({ item: { clientMessageId } }: Entry, id: string): Promise<void> => {
    // Its event may have come before the acknowledgement, and then it is gone already.
    await alter(clientMessageId, (item) => ({ ...item, state: 'accepted', id }));
    settle(clientMessageId, id);
  };

  const refuse = async (id: string, error: ApiError): Promise<void> => {
    await alter(id, (item) => ({ ...unsent(item), state: 'failed', errorCode: error.code }));
    settle(id, error);
  };

  /** Another tab did the sending: its outcome is in the storage. */
  const settleElsewhere = (item: OutboxItem): void => {
    const { clientMessageId, state, id, errorCode } = item;
    if (state === 'queued' || !waiters.has(clientMessageId)) return;
    options.onChange(item);
    const refused = new ApiError(errorCode ?? 'internal', 'The message was refused.');
    settle(clientMessageId, state === 'accepted' && id !== undefined ? id : refused);
  };

  const sendOne = async (entry: Entry): Promise<void> => {
    const begun = await begin(entry);
    if (begun === undefined) return;
    const outcome = await trySending(begun);
    if (outcome instanceof ApiError) await refuse(begun.item.clientMessageId, outcome);
    else if (outcome !== undefined) await accept(begun, outcome);
  };

  /** All that is queued in the chat, looked up under the lock: another tab may have sent some of it. */
  const drain = async (chatId: string): Promise<void> => {
    for (;;) {
      const all = await entries.ofChat(chatId);
      for (const { item } of all) settleElsewhere(item);
      const next = all.find(({ item }) => isReady(item));
      if (next === undefined || ending.signal.aborted) return;
      await sendOne(next);
    }
  };

  const workOnce = async (chatId: string): Promise<void> => {
    sending.add(chatId);
    try {
      await storage.locks.hold(`outbox/${options.userId}/${chatId}`, () => drain(chatId), ending.signal);
    } finally {
      sending.delete(chatId);
    }
  };

  /** Also takes what came between the last look and the release of the lock. */
  const work = (chatId: string): void => {
    if (sending.has(chatId) || ending.signal.aborted) return;
    void workOnce(chatId)
      .then(() => entries.ofChat(chatId))
      .then((left) => {
        if (left.some(({ item }) => isReady(item))) work(chatId);
      })
      .catch((error: unknown) => {
        if (!ending.signal.aborted) options.onError?.(error);
      });
  };

  /** Its message is stored. What another tab wrote into it meanwhile is not lost with it. */
  const leave = (clientMessageId: string, id: string | undefined): Promise<void> =>
    turns.hold(clientMessageId, async () => {
      for (;;) {
        const entry = await entries.find(clientMessageId);
        if (entry === undefined) return;
        if (id !== undefined) await options.onStored?.(entry.item, id);
        if (await entries.removeUnchanged(entry)) return tellGone(entry.item);
      }
    });

  const confirm = async (entry: Entry): Promise<void> => {
    try {
      const isStored = await transport.confirm(entry.item);
      if (isStored) await leave(entry.item.clientMessageId, entry.item.id);
    } catch (error) {
      if (!isPassing(error) && !needsSignIn(error))
        await refuse(entry.item.clientMessageId, asApiError(error, options.onError));
    }
  };

  const workOnAll = async (): Promise<void> => {
    const all = await entries.all();
    const queued = all.filter(({ item }) => isReady(item));
    for (const chatId of new Set(queued.map(({ item }) => item.chatId))) work(chatId);
  };

  const discard = async (id: string): Promise<void> => {
    await turns.hold(id, async () => {
      const entry = await entries.find(id);
      if (entry === undefined) return;
      await entries.remove(entry);
      tellGone(entry.item);
    });
    settle(id, new ApiError('gone', 'The message was discarded.'));
  };

  const confirmAll = async (): Promise<void> => {
    for (const entry of await entries.all()) if (entry.item.state === 'accepted') await confirm(entry);
  };

  return {
    async open() {
      const all = await entries.all();
      for (const { item } of all) {
        times.see(item.queuedAt);
        options.onChange(item);
      }
      await workOnAll();
      void confirmAll().catch((error: unknown) => options.onError?.(error));
    },
    async send(chatId, draft) {
      const clientMessageId = newMessageKey();
      const item: OutboxItem = {
        ...draft,
        clientMessageId,
        chatId,
        queuedAt: times.next(),
        state: 'queued',
      };
      await entries.put(entries.create(item));
      if (ending.signal.aborted) throw networkError();
      const waiter = Promise.withResolvers<Sent>();
      waiters.set(clientMessageId, waiter);
      tell(item);
      work(chatId);
      return waiter.promise;
    },
    async retry(id) {
      const item = await alter(id, (known) => again(withoutFiles(known)));
      if (item !== undefined) work(item.chatId);
    },
    async edit(id, content) {
      const item = await alter(id, (known) => {
        const next = reworded(known, content);
        return isText(next) ? again(next) : next;
      });
      if (item !== undefined) work(item.chatId);
      return item !== undefined;
    },
    discard,
    async discardChat(chatId) {
      for (const { item } of await entries.ofChat(chatId)) await discard(item.clientMessageId);
    },
    async seen({ id, clientMessageId }) {
      if (clientMessageId === undefined) return;
      await leave(clientMessageId, id);
      settle(clientMessageId, id);
      pauses.wake();
    },
    async release(id, files) {
      const item = await alter(id, (known) =>
        known.state !== 'queued' || known.fileIds !== undefined
          ? known
          : { ...known, fileIds: files.map((file) => file.id) },
      );
      if (item !== undefined) work(item.chatId);
    },
    failed: (id, code) => refuse(id, new ApiError(code, 'The message could not be stored.')),
    confirm: confirmAll,
    wake() {
      pauses.wake();
      void workOnAll().catch((error: unknown) => options.onError?.(error));
    },
    close() {
      ending.abort();
      channel?.close();
      for (const waiter of waiters.values()) waiter.reject(networkError());
      waiters.clear();
    },
  };
}

const wordOf = ({ chatId, clientMessageId }: OutboxItem): string => `${chatId} ${clientMessageId}`;

/** Drops all that a person has not sent from here. */
export async function forgetOutbox(storage: Storage, userId: string): Promise<void> {
  const entries = createEntries(storage, userId);
  for (const entry of await entries.all()) await entries.remove(entry);
}
