import { isLastReadUnknown, isLastUnknown } from '../store/last-message.ts';
import type { Store } from '../store/store.ts';
import type { Loading } from './loading.ts';
import { createQuestions, type QuestionsParts } from './questions.ts';

export interface LastMessages {
  /** The server can be asked again. */
  askAll(): void;
  end(): void;
}

const pauseMs = 1_000;
const longestMs = 10_000;

/**
 * When the newest message of a chat is deleted and what is loaded does not tell the one before, or whether others have read that, the
 * server is asked: in a large chat not by all at once.
 */
export function createLastMessages(
  store: Store,
  loading: Pick<Loading, 'lastMessage' | 'receipts'>,
  parts: Pick<QuestionsParts, 'isOnline' | 'onError'>,
): LastMessages {
  const { state } = store;
  const isWanted = (chatId: string): boolean => isLastUnknown(state, chatId) || isLastReadUnknown(state, chatId);
  const load = (chatId: string): Promise<void> =>
    isLastUnknown(state, chatId) ? loading.lastMessage(chatId) : loading.receipts(chatId);
  const soonMs = (chatId: string): number =>
    Math.random() * Math.min(state.chats.get(chatId)?.memberCount ?? 0, longestMs);
  const questions = createQuestions({ ...parts, isWanted, load, soonMs, pauseMs });
  const askAbout = (chatId: string): void => {
    if (parts.isOnline() && isWanted(chatId)) questions.later(chatId);
  };

  store.subscribe((change) => {
    if (change.part === 'chat') askAbout(change.chatId);
  });

  return {
    askAll: () => [...state.chats.keys()].forEach(askAbout),
    end: questions.end,
  };
}
