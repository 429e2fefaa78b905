import type { Message } from '@parley/contract';
import { isPassing } from '../http/api-error.ts';
import { isReceiptUnknown } from '../store/message-reducers.ts';
import type { State } from '../store/state.ts';

export interface ReceiptQuestions {
  about(message: Message): void;
  ofMember(chatId: string, participantId: string): void;
  /** Asked before, in an earlier run. */
  again(chatId: string): void;
  /** Whether there is no answer yet. */
  isOpen(chatId: string): boolean;
  end(): void;
}

/** Those who hide their receipts may write a lot: a chat is asked about at most once in this time. */
const pauseMs = 5_000;
const soonMs = 300;

/**
 * Sending a message moves the read cursor, and no event says for whom that is told: people may hide how far they have read. Nor
 * does one say how far somebody had read who is in the chat again. So when somebody of whom there is no receipt writes or joins,
 * the receipts of the chat (if it was opened) are loaded again, a little later.
 */
export function createReceiptQuestions(
  state: State,
  load: (chatId: string) => Promise<unknown>,
  isOnline: () => boolean,
  onError: (error: unknown) => void,
): ReceiptQuestions {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const askedAt = new Map<string, number>();
  const open = new Set<string>();

  const ask = async (chatId: string): Promise<void> => {
    timers.delete(chatId);
    if (!state.receipts.has(chatId)) return forget(chatId);
    askedAt.set(chatId, Date.now());
    if (!isOnline()) return later(chatId);
    try {
      await load(chatId);
      if (!timers.has(chatId)) open.delete(chatId);
    } catch (error) {
      onError(error);
      if (isPassing(error)) later(chatId);
      else forget(chatId);
    }
  };

  const forget = (chatId: string): void => {
    askedAt.delete(chatId);
    open.delete(chatId);
  };

  const later = (chatId: string): void => {
    open.add(chatId);
    if (timers.has(chatId)) return;
    const next = (askedAt.get(chatId) ?? Number.NEGATIVE_INFINITY) + pauseMs - Date.now();
    timers.set(
      chatId,
      setTimeout(() => void ask(chatId), Math.max(soonMs, next)),
    );
  };

  return {
    about(message: Message): void {
      if (isReceiptUnknown(state, message)) later(message.chatId);
    },
    ofMember(chatId: string, participantId: string): void {
      if (state.receipts.get(chatId)?.has(participantId) === false) later(chatId);
    },
    again: later,
    isOpen: (chatId) => open.has(chatId),
    end(): void {
      for (const timer of timers.values()) clearTimeout(timer);
      for (const known of [timers, askedAt, open]) known.clear();
    },
  };
}
