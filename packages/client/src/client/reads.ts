import type { Chat } from '@parley/contract';
import { isPassing } from '../http/api-error.ts';
import type { Call } from '../http/route-types.ts';
import { read } from '../store/chats.ts';
import { isService } from '../store/messages.ts';
import type { ChatState, State } from '../store/state.ts';
import type { Store } from '../store/store.ts';

export interface Reads {
  /** Moves the read cursor forward, at once here and soon on the server. */
  mark(chatId: string, sequence: number): void;
  /** The server told that it knows. */
  confirm(chatId: string, sequence: number): void;
  /** Tells again what was not confirmed. */
  flush(): void;
  /** Tells where the server lags behind what is known here: an earlier run was read without a network. */
  repeat(told: readonly Pick<Chat, 'id' | 'readSequence'>[]): void;
  /** Somebody else signs in. */
  forget(): void;
}

/** Read cursors move here at once; the server is told through the socket, or by a call where there is none. */
export function createReads(
  call: Call,
  store: Store,
  send: (frame: object) => boolean,
  onError: (error: unknown) => void,
): Reads {
  const untold = new Map<string, number>();

  const tell = async (chatId: string, sequence: number): Promise<void> => {
    untold.set(chatId, sequence);
    if (send({ type: 'read', chatId, sequence })) return;
    try {
      await call('chats.read', { params: { chatId }, body: { sequence } });
      confirm(chatId, sequence);
    } catch (error) {
      if (isPassing(error)) return;
      untold.delete(chatId);
      onError(error);
    }
  };

  const confirm = (chatId: string, sequence: number): void => {
    if ((untold.get(chatId) ?? Number.POSITIVE_INFINITY) <= sequence) untold.delete(chatId);
  };

  return {
    confirm,
    mark(chatId, sequence) {
      const chat = store.state.chats.get(chatId);
      if (chat === undefined || sequence <= chat.readSequence) return;
      const next = read(chat, sequence, countedUpTo(store.state, chat, sequence));
      store.update((state) => {
        state.chats.set(chatId, next);
        return [{ part: 'chat', chatId }];
      });
      void tell(chatId, sequence);
    },
    repeat(told) {
      for (const { id, readSequence } of told) {
        const known = store.state.chats.get(id)?.readSequence ?? 0;
        if (known > readSequence) untold.set(id, known);
      }
    },
    forget: () => untold.clear(),
    flush() {
      for (const [chatId, sequence] of [...untold]) void tell(chatId, sequence);
    },
  };
}

/** How many messages count as read with this one, as far as it can be known here; the server's word follows. */
function countedUpTo(state: State, chat: ChatState, sequence: number): number {
  if (sequence >= chat.lastSequence) return chat.messageCount;
  const window = state.windows.get(chat.id);
  if (window === undefined || window.hasNewer) return chat.readCount;
  const after = window.items.filter((message) => message.sequence > sequence && !isService(message));
  return Math.max(chat.readCount, chat.messageCount - after.length);
}
