import type { Message } from '@parley/contract';
import type { State } from '../store/state.ts';

/**
 * Events hold ids only. When somebody writes whom the state does not know (a large group, a former member), one page around the
 * message tells who it is. One request a chat at a time.
 */
export function createIntroductions(
  state: State,
  around: (chatId: string, sequence: number) => Promise<unknown>,
  onError: (error: unknown) => void,
): (message: Message) => void {
  const asking = new Set<string>();

  const strangers = ({ chatId, senderId, service, mentions = [] }: Message): boolean => {
    const known = state.participants.get(chatId);
    const ids = [senderId, service?.actorId, service?.targetId, ...mentions];
    return ids.some((id) => id !== undefined && known?.has(id) !== true);
  };

  return function introduce(message: Message): void {
    const { chatId, sequence } = message;
    if (asking.has(chatId) || !state.chats.has(chatId) || !strangers(message)) return;
    asking.add(chatId);
    around(chatId, sequence)
      .catch(onError)
      .finally(() => {
        asking.delete(chatId);
        const newest = state.chats.get(chatId)?.lastMessage;
        if (newest !== undefined && newest.id !== message.id) introduce(newest);
      });
  };
}
