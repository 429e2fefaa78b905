import { newMessageKey } from '@parley/client';
import type { Message } from '@parley/contract';
import { useAttempt } from '../../platform/use-attempt.ts';
import { useParley } from '../../realtime/parley.ts';

/** As many as the server takes at once. */
const portion = 100;

/** Sends messages again, to several chats. Whoever tries again sends nothing twice. */
export function useForwarding(messages: readonly Message[]) {
  const { client } = useParley();
  const { isBusy, problem, attempt } = useAttempt();
  const keys = new Map<string, string>();

  const keyOf = (chatId: string, messageId: string): string => {
    const place = `${chatId} ${messageId}`;
    const key = keys.get(place) ?? newMessageKey();
    keys.set(place, key);
    return key;
  };

  async function forwardTo(chatId: string): Promise<void> {
    const fromChatId = messages[0]?.chatId ?? '';
    for (let first = 0; first < messages.length; first += portion) {
      const messageIds = messages.slice(first, first + portion).map(({ id }) => id);
      const clientMessageIds = messageIds.map((id) => keyOf(chatId, id));
      await client.forward(chatId, { fromChatId, messageIds, clientMessageIds });
    }
  }

  /** Whether it worked for all of them. */
  const forward = (chatIds: readonly string[]): Promise<boolean> =>
    attempt(async () => {
      for (const chatId of chatIds) await forwardTo(chatId);
    });

  return { forward, isBusy, problem };
}
