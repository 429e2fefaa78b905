import type { Message } from '@parley/contract';
import { editAfterwards } from '../outbox/editing.ts';
import type { OutboxItem } from '../outbox/item.ts';
import { putCommand } from './commands.ts';
import type { Change, State } from './state.ts';

const told = (state: State, chatId: string, items: readonly OutboxItem[]): Change[] => {
  if (items.length === 0) state.pending.delete(chatId);
  else state.pending.set(chatId, items);
  return [{ part: 'pending', chatId }];
};

/** Added, or changed in its place. It reads as it was last written. */
export function putPending(state: State, given: OutboxItem): Change[] {
  const item = given.edited === undefined ? given : { ...given, content: given.edited };
  const items = state.pending.get(item.chatId) ?? [];
  const index = items.findIndex(({ clientMessageId }) => clientMessageId === item.clientMessageId);
  return told(state, item.chatId, index < 0 ? [...items, item] : items.with(index, item));
}

export function removePending(state: State, chatId: string, clientMessageId: string): Change[] {
  const items = state.pending.get(chatId) ?? [];
  const left = items.filter((item) => item.clientMessageId !== clientMessageId);
  return left.length === items.length ? [] : told(state, chatId, left);
}

/** The stored message takes the place of the pending one; what was still to be changed of that is to be changed of it. */
export function dropPending(state: State, chatId: string, { id, clientMessageId }: Message): Change[] {
  const item = state.pending.get(chatId)?.find((one) => one.clientMessageId === clientMessageId);
  if (item === undefined) return [];
  const edit = editAfterwards(item, id);
  const changes = edit === undefined ? [] : putCommand(state, edit);
  return [...changes, ...removePending(state, chatId, item.clientMessageId)];
}

export function failPending(state: State, chatId: string, key: string | undefined, errorCode: string): Change[] {
  const item = state.pending.get(chatId)?.find(({ clientMessageId }) => clientMessageId === key);
  return item === undefined ? [] : putPending(state, { ...item, state: 'failed', errorCode });
}
