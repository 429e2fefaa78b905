import type { Message } from '@parley/contract';
import { isReceiptUnknown } from '../store/message-reducers.ts';
import type { State } from '../store/state.ts';
import { createQuestions } from './questions.ts';

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
  const questions = createQuestions({
    isWanted: (chatId) => state.receipts.has(chatId),
    load,
    isOnline,
    onError,
    soonMs: () => soonMs,
    pauseMs,
  });

  return {
    about(message: Message): void {
      if (isReceiptUnknown(state, message)) questions.later(message.chatId);
    },
    ofMember(chatId: string, participantId: string): void {
      if (state.receipts.get(chatId)?.has(participantId) === false) questions.later(chatId);
    },
    again: questions.later,
    isOpen: questions.isOpen,
    end: questions.end,
  };
}
