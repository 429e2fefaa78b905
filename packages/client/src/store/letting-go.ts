import type { Message } from '@parley/contract';
import type { Change, State } from './state.ts';

/** The participant ids in a message. */
export const idsIn = ({ senderId, service, replyTo, mentions = [] }: Message): string[] =>
  [senderId, service?.actorId, service?.targetId, replyTo?.senderId, ...mentions].filter((id) => id !== undefined);

/** Those who are needed to show what is loaded of a chat. */
export function idsShown(state: State, chatId: string): ReadonlySet<string> {
  const last = state.chats.get(chatId)?.lastMessage;
  const items = state.windows.get(chatId)?.items ?? [];
  const pins = state.pins.get(chatId) ?? [];
  return new Set([...items, ...pins, ...(last === undefined ? [] : [last])].flatMap(idsIn));
}

/** Forgets what was loaded of a chat beyond its row in the list. It can be opened again. */
export function letGo(state: State, chatId: string): Change[] {
  const loaded = [state.windows, state.pins, state.receipts, state.fullMembers];
  if (!loaded.some((part) => part.has(chatId))) return [];
  state.windows.delete(chatId);
  state.pins.delete(chatId);
  state.receipts.delete(chatId);
  const changes = narrowParticipants(state, chatId, 0);
  return [...changes, { part: 'messages', chatId }, { part: 'pins', chatId }, { part: 'receipts', chatId }];
}

/** Keeps those who are shown, and `others` more: those who were met last. */
export function narrowParticipants(state: State, chatId: string, others: number): Change[] {
  const known = state.participants.get(chatId);
  if (known === undefined) return [];
  const shown = idsShown(state, chatId);
  const rest = [...known.keys()].filter((id) => !shown.has(id));
  state.fullMembers.delete(chatId);
  for (const id of rest.slice(0, Math.max(0, rest.length - others))) known.delete(id);
  return [{ part: 'participants', chatId }];
}
