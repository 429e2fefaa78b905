import type { Message } from '@parley/contract';
import type { OutboxItem } from '../outbox/item.ts';
import type { Change, State } from './state.ts';

const told = (state: State, chatId: string, items: readonly OutboxItem[]): Change[] => {
  if (items.length === 0) state.pending.delete(chatId);
  else state.pending.set(chatId, items);
  return [{ part: 'pending', chatId }];
};

/** Added, or changed in its place. */
export function putPending(state: State, item: OutboxItem): Change[] {
  const items = state.pending.get(item.chatId) ?? [];
  const index = items.findIndex(({ clientMessageId }) => clientMessageId === item.clientMessageId);
  return told(state, item.chatId, index < 0 ? [...items, item] : items.with(index, item));
}

export function removePending(state: State, chatId: string, clientMessageId: string): Change[] {
  const items = state.pending.get(chatId) ?? [];
  const left = items.filter((item) => item.clientMessageId !== clientMessageId);
  return left.length === items.length ? [] : told(state, chatId, left);
}

/** The stored message takes the place of the pending one. */
export const dropPending = (state: State, chatId: string, { clientMessageId }: Message): Change[] =>
  clientMessageId === undefined ? [] : removePending(state, chatId, clientMessageId);

export function failPending(state: State, chatId: string, key: string | undefined, errorCode: string): Change[] {
  const item = state.pending.get(chatId)?.find(({ clientMessageId }) => clientMessageId === key);
  return item === undefined ? [] : putPending(state, { ...item, state: 'failed', errorCode });
}
