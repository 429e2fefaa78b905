import type { EventPayload, Message } from '@parley/contract';
import { hasOwn, isSameEmoji, withOwn, withReactions } from './reactions.ts';
import type { Reducers } from './reducer.ts';
import type { Change, State } from './state.ts';

export const reactionReducers = {
  'reaction.added': (state, payload) => take(state, payload),
  'reaction.removed': (state, payload) => take(state, payload),
} satisfies Partial<Reducers>;

/** Events tell all that is left on a message, so one that comes twice changes nothing. Who is meant by `me` only this client knows. */
function take(state: State, told: EventPayload<'reaction.added'> | EventPayload<'reaction.removed'>): Change[] {
  const { chatId, messageId, userId, emoji, action, counts } = told;
  const isOwn = state.chats.get(chatId)?.myParticipantId === userId;
  const isAbout = (one: string): boolean => isOwn && isSameEmoji(one, emoji);
  const asked = state.asked.get(messageId);
  return changeMessage(state, told, (known) => {
    const reactions = counts.map((kind) => ({
      ...kind,
      me: isAbout(kind.emoji) ? action === 'added' : hasOwn(known, kind.emoji),
    }));
    const next = withReactions(known, reactions);
    if (asked !== undefined && isAbout(asked.emoji)) state.asked.delete(messageId);
    else if (asked?.message === known) state.asked.set(messageId, { ...asked, message: next });
    return next;
  });
}

interface Place {
  chatId: string;
  messageId: string;
}

/** The server is asked for one's own reaction. */
export function beginReacting(state: State, { chatId, messageId }: Place, emoji: string): Change[] {
  const message = state.windows.get(chatId)?.items.find(({ id }) => id === messageId);
  if (message === undefined) state.asked.delete(messageId);
  else state.asked.set(messageId, { emoji, message });
  return [];
}

/** It agreed. Where an event or a page told of it before the answer, that was the truth of then or of later: it stays. */
export function endReacting(state: State, place: Place, emoji: string, isWanted: boolean): Change[] {
  const asked = state.asked.get(place.messageId);
  state.asked.delete(place.messageId);
  return changeMessage(state, place, (known) => (known === asked?.message ? withOwn(known, emoji, isWanted) : known));
}

/** Reactions are part of the history only: the list's preview has none. */
function changeMessage(state: State, { chatId, messageId }: Place, change: (known: Message) => Message): Change[] {
  const window = state.windows.get(chatId);
  const index = window?.items.findIndex(({ id }) => id === messageId) ?? -1;
  const message = window?.items[index];
  if (window === undefined || message === undefined || message.deletedAt !== undefined) return [];
  const next = change(message);
  if (next === message) return [];
  state.windows.set(chatId, { ...window, items: window.items.with(index, next) });
  return [{ part: 'messages', chatId }];
}
