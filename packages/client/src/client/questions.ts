import { isPassing } from '../http/api-error.ts';

export interface QuestionsParts {
  /** Whether the answer would still tell something. */
  isWanted(chatId: string): boolean;
  load(chatId: string): Promise<unknown>;
  isOnline(): boolean;
  onError(error: unknown): void;
  /** How long a question waits, so that many become one, in ms. */
  soonMs(chatId: string): number;
  /** A chat is asked about at most once in this time. */
  pauseMs: number;
}

/** What no event tells of a chat, asked of the server. */
export interface Questions {
  later(chatId: string): void;
  /** Whether there is no answer yet. */
  isOpen(chatId: string): boolean;
  end(): void;
}

export function createQuestions({ isWanted, load, isOnline, onError, soonMs, pauseMs }: QuestionsParts): Questions {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const askedAt = new Map<string, number>();
  const open = new Set<string>();

  const ask = async (chatId: string): Promise<void> => {
    timers.delete(chatId);
    if (!isWanted(chatId)) return forget(chatId);
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
      setTimeout(() => void ask(chatId), Math.max(soonMs(chatId), next)),
    );
  };

  return {
    later,
    isOpen: (chatId) => open.has(chatId),
    end(): void {
      for (const timer of timers.values()) clearTimeout(timer);
      for (const known of [timers, askedAt, open]) known.clear();
    },
  };
}
