import type { Message, PinnedMessages } from '@parley/contract';
import { setParticipants } from './chats.ts';
import { asSeen } from './messages.ts';
import type { Change, State } from './state.ts';

/** What one viewer is told of it elsewhere is left out: pins are the same for all. */
function asPin({ clientMessageId: _1, reactions: _2, ...message }: Message): Message {
  return message;
}

export function putPins(state: State, chatId: string, { items, participants }: PinnedMessages): Change[] {
  if (!state.chats.has(chatId)) return [];
  state.pins.set(chatId, items.map(asPin));
  return [...setParticipants(state, chatId, participants), { part: 'pins', chatId }];
}

/** The latest comes first. What the viewer deleted for themself is not held up for them. */
export function addPin(state: State, told: Message): Change[] {
  const message = asPin(asSeen(state, told));
  const { chatId, id } = message;
  const isGone = state.windows.get(chatId)?.items.some((known) => known.id === id && known.deletedAt !== undefined);
  if (message.deletedAt !== undefined || isGone) return [];
  return changePins(state, chatId, (pins) => [message, ...pins.filter((pin) => pin.id !== id)]);
}

export const dropPin = (state: State, chatId: string, messageId: string): Change[] =>
  changePins(state, chatId, (pins) =>
    pins.some(({ id }) => id === messageId) ? pins.filter(({ id }) => id !== messageId) : pins,
  );

/** Changes each of them; those that are deleted are taken down. */
export const editPins = (state: State, chatId: string, edit: (message: Message) => Message): Change[] =>
  changePins(state, chatId, (pins) => {
    const edited = pins.map(edit);
    if (edited.every((pin, index) => pin === pins[index])) return pins;
    return edited.filter(({ deletedAt }) => deletedAt === undefined).map(asPin);
  });

function changePins(state: State, chatId: string, change: (pins: readonly Message[]) => readonly Message[]): Change[] {
  const pins = state.pins.get(chatId);
  if (pins === undefined) return [];
  const next = change(pins);
  if (next === pins) return [];
  state.pins.set(chatId, next);
  return [{ part: 'pins', chatId }];
}
