import { ApiError, networkError } from '../http/api-error.ts';
import { newMessageKey } from '../outbox/message-key.ts';
import { createPauses } from '../outbox/pauses.ts';
import { sendUntilJudged } from '../outbox/sending.ts';
import { createTimes } from '../outbox/times.ts';
import type { Storage } from '../storage/storage.ts';
import type { Command, Order } from './command.ts';

export interface CommandsOptions {
  storage: Storage;
  userId: string;
  /** Resolves once the server did it. A repeat must change nothing. */
  carryOut(command: Command): Promise<void>;
  onChange(command: Command): void;
  /** It was done, was refused, or its chat is gone. */
  onRemove(command: Pick<Command, 'chatId' | 'key'>): void;
  /** Refused: what was shown as done is not. Told in the tab that asked the server. */
  onRefused(command: Command, error: ApiError): void;
  onError?(error: unknown): void;
  random?: () => number;
}

export interface Commands {
  /** Takes up what an earlier run left behind. */
  open(): Promise<void>;
  /** Shown at once. Resolves once the server did it; rejects when it refused, or when the chat is gone. */
  give(order: Order): Promise<void>;
  /** One that has its key and its time already. Resolves once it is kept. */
  keep(command: Command): Promise<void>;
  discardChat(chatId: string): Promise<void>;
  /** The server can be reached (again): do not wait any longer. */
  wake(): void;
  /** Ends working; what is left waits in the storage. */
  close(): void;
}

const prefixOf = (userId: string): string => `commands/${userId}/`;

const listed = async (storage: Storage, userId: string): Promise<Command[]> =>
  (await storage.list(prefixOf(userId))).map(([, value]) => JSON.parse(value) as Command);

/** Edits, deletions and reactions that wait for the server, in a storage that survives a reload. Those of a chat go one after the other. */
export function createCommands(options: CommandsOptions): Commands {
  const { storage, userId } = options;
  const waiters = new Map<string, PromiseWithResolvers<void>>();
  const working = new Set<string>();
  const pauses = createPauses();
  const ending = new AbortController();
  const times = createTimes();

  const placeOf = ({ queuedAt, key }: Command): string => `${prefixOf(userId)}${queuedAt} ${key}`;
  const all = (): Promise<Command[]> => listed(storage, userId);
  const report = (error: unknown): void => {
    if (!ending.signal.aborted) options.onError?.(error);
  };

  const settle = (key: string, error?: ApiError): void => {
    const waiter = waiters.get(key);
    waiters.delete(key);
    if (error === undefined) waiter?.resolve();
    else waiter?.reject(error);
  };

  const say = ({ chatId, key }: Command, code = ''): void => channel?.say(`${chatId} ${key} ${code}`);

  /** Another tab kept one, or is through with it. What is kept there is carried out here, should that tab close. */
  const hear = (word: string): void => {
    const [chatId = '', key = '', code] = word.split(' ');
    const look = async (): Promise<void> => {
      const command = (await all()).find((one) => one.key === key);
      if (ending.signal.aborted) return;
      if (command !== undefined) {
        options.onChange(command);
        return work(chatId);
      }
      options.onRemove({ chatId, key });
      settle(key, code ? new ApiError(code, 'The change was refused.') : undefined);
    };
    look().catch(report);
  };
  const channel = storage.channels?.(`commands/${userId}`, hear);

  const remove = async (command: Command, error?: ApiError): Promise<void> => {
    await storage.delete(placeOf(command));
    options.onRemove(command);
    say(command, error?.code);
    settle(command.key, error);
  };

  const tryOne = (command: Command): Promise<string | ApiError | undefined> =>
    sendUntilJudged({
      send: async () => {
        await options.carryOut(command);
        return { id: command.key };
      },
      isOver: async () => ending.signal.aborted || (await storage.get(placeOf(command))) === undefined,
      pause: (ms) => pauses.wait(ms, ending.signal),
      onError: options.onError,
      random: options.random,
    });

  const drain = async (chatId: string): Promise<void> => {
    for (;;) {
      const next = (await all()).find((command) => command.chatId === chatId);
      if (next === undefined || ending.signal.aborted) return;
      const outcome = await tryOne(next);
      if (outcome === undefined) continue;
      const refusal = outcome instanceof ApiError ? outcome : undefined;
      await remove(next, refusal);
      if (refusal !== undefined) options.onRefused(next, refusal);
    }
  };

  /** Also takes what came between the last look and the release of the lock. */
  const workOnce = async (chatId: string): Promise<void> => {
    working.add(chatId);
    try {
      await storage.locks.hold(`commands/${userId}/${chatId}`, () => drain(chatId), ending.signal);
    } finally {
      working.delete(chatId);
    }
    if ((await all()).some((command) => command.chatId === chatId)) work(chatId);
  };

  const work = (chatId: string): void => {
    if (!working.has(chatId) && !ending.signal.aborted) workOnce(chatId).catch(report);
  };

  const workOnAll = async (): Promise<void> => {
    for (const chatId of new Set((await all()).map((command) => command.chatId))) work(chatId);
  };

  const keep = async (command: Command): Promise<void> => {
    options.onChange(command);
    try {
      await storage.set(placeOf(command), JSON.stringify(command));
    } catch (error) {
      options.onRemove(command);
      waiters.delete(command.key);
      throw error;
    }
    say(command);
    work(command.chatId);
  };

  return {
    async open() {
      for (const command of await all()) {
        times.see(command.queuedAt);
        options.onChange(command);
      }
      await workOnAll();
    },
    async give(order) {
      const command: Command = { ...order, key: newMessageKey(), queuedAt: times.next() };
      const waiter = Promise.withResolvers<void>();
      waiters.set(command.key, waiter);
      await keep(command);
      return waiter.promise;
    },
    keep,
    async discardChat(chatId) {
      const gone = new ApiError('gone', 'The chat is gone.');
      for (const command of await all()) if (command.chatId === chatId) await remove(command, gone);
    },
    wake() {
      pauses.wake();
      workOnAll().catch(report);
    },
    close() {
      ending.abort();
      channel?.close();
      for (const waiter of waiters.values()) waiter.reject(networkError());
      waiters.clear();
    },
  };
}

/** Drops all that the server was not told. */
export async function forgetCommands(storage: Storage, userId: string): Promise<void> {
  for (const [key] of await storage.list(prefixOf(userId))) await storage.delete(key);
}
