import type { Participant } from '@parley/contract';
import { idsIn, idsShown } from '../store/letting-go.ts';
import { chatTopic, type State, userTopic } from '../store/state.ts';
import { type CachedChat, type CachedHistory, type CachedPerson, keptMessages } from './cache.ts';

/** Parts of the state as they are kept. What is in the state is replaced, never changed, so these stay as they are. */

export function capturePerson(state: State): CachedPerson | undefined {
  const { me, settings } = state;
  const position = me && state.positions.get(userTopic(me.id));
  if (me === undefined || settings === undefined || position === undefined) return undefined;
  return { me, settings, position, hidden: [...state.hidden] };
}

export function captureChat(state: State, chatId: string): CachedChat | undefined {
  const chat = state.chats.get(chatId);
  const position = state.positions.get(chatTopic(chatId));
  if (chat === undefined || position === undefined) return undefined;
  const ids = chat.lastMessage === undefined ? [] : idsIn(chat.lastMessage);
  return { chatId, chat, position, participants: people(state, chatId, ids) };
}

export type HistoryNote = Pick<CachedHistory, 'openedAt' | 'asksReceipts'>;

export function captureHistory(state: State, chatId: string, note: HistoryNote): CachedHistory | undefined {
  const window = state.windows.get(chatId);
  const position = state.positions.get(chatTopic(chatId));
  if (window === undefined || position === undefined) return undefined;
  const items = window.items.slice(-keptMessages);
  const hasAllMembers = state.fullMembers.has(chatId);
  const ids = hasAllMembers ? (state.participants.get(chatId)?.keys() ?? []) : idsShown(state, chatId);
  const receipts = state.receipts.get(chatId);
  const pins = state.pins.get(chatId);
  return {
    chatId,
    position,
    window: { ...window, items, hasOlder: window.hasOlder || items.length < window.items.length },
    participants: people(state, chatId, ids),
    hasAllMembers,
    ...(receipts === undefined ? {} : { receipts: [...receipts.values()] }),
    ...(pins === undefined ? {} : { pins }),
    ...note,
  };
}

function people(state: State, chatId: string, ids: Iterable<string>): Participant[] {
  const known = state.participants.get(chatId);
  return [...new Set(ids)].map((id) => known?.get(id)).filter((participant) => participant !== undefined);
}
