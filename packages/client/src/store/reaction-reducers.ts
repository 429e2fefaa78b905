import type { EventPayload, Message, Reaction, ReactionCount } from '@parley/contract';
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
  const toggle = state.toggles.get(messageId);
  return changeReactions(state, told, (known = []) => {
    const mine = new Set(known.filter(({ me }) => me).map((reaction) => reaction.emoji));
    if (isOwn && action === 'added') mine.add(emoji);
    if (isOwn && action === 'removed') mine.delete(emoji);
    const next = counts.map((kind: ReactionCount) => ({ ...kind, me: mine.has(kind.emoji) }));
    if (toggle === undefined || known !== toggle.shown) return orNone(next);
    const isMine = isOwn && emoji === toggle.emoji ? action === 'added' : toggle.isMine;
    state.toggles.set(messageId, { ...toggle, shown: next, isTold: true, isMine });
    return next;
  });
}

interface Place {
  chatId: string;
  messageId: string;
}

/** As it will be told, if the server agrees. Until `endToggle` no other is begun on that message. */
export const beginToggle = (state: State, place: Place, emoji: string): Change[] =>
  changeReactions(state, place, (before) => {
    const shown = toggled(before ?? [], emoji);
    const isMine = before?.some((reaction) => reaction.emoji === emoji && reaction.me) === true;
    state.toggles.set(place.messageId, { emoji, before, shown, isTold: false, isMine });
    return shown;
  });

/**
 * The server agreed, refused, or was not heard of: then it may have agreed all the same, and has told so by an event, or will.
 * What it told meanwhile counts; what nobody told is undone.
 */
export function endToggle(state: State, place: Place, hasFailed: boolean): Change[] {
  const toggle = state.toggles.get(place.messageId);
  state.toggles.delete(place.messageId);
  if (toggle === undefined) return [];
  return changeReactions(state, place, (known) => {
    if (known !== toggle.shown) return known;
    if (!hasFailed) return orNone(known);
    if (!toggle.isTold) return toggle.before;
    const { emoji, isMine } = toggle;
    return orNone(known?.map((reaction) => (reaction.emoji === emoji ? { ...reaction, me: isMine } : reaction)));
  });
}

export const reactionsOn = (state: State, { chatId, messageId }: Place): readonly Reaction[] =>
  state.windows.get(chatId)?.items.find(({ id }) => id === messageId)?.reactions ?? [];

/** An empty list stays only while a toggle tells by it that the state is its own doing. */
const orNone = (reactions: readonly Reaction[] | undefined) => (reactions?.length === 0 ? undefined : reactions);

function toggled(known: readonly Reaction[], emoji: string): Reaction[] {
  const kind = known.find((reaction) => reaction.emoji === emoji);
  if (kind === undefined) return [...known, { emoji, count: 1, me: true }];
  const next = { ...kind, me: !kind.me, count: kind.count + (kind.me ? -1 : 1) };
  return known.map((reaction) => (reaction === kind ? next : reaction)).filter(({ count }) => count > 0);
}

/** Reactions are part of the history only: the list's preview has none. */
function changeReactions(
  state: State,
  { chatId, messageId }: Place,
  change: (known: readonly Reaction[] | undefined) => readonly Reaction[] | undefined,
): Change[] {
  const window = state.windows.get(chatId);
  const index = window?.items.findIndex(({ id }) => id === messageId) ?? -1;
  const message = window?.items[index];
  if (window === undefined || message === undefined || message.deletedAt !== undefined) return [];
  const next = withReactions(message, change(message.reactions));
  state.windows.set(chatId, { ...window, items: window.items.with(index, next) });
  return [{ part: 'messages', chatId }];
}

function withReactions({ reactions: _, ...message }: Message, reactions: readonly Reaction[] | undefined): Message {
  return reactions === undefined ? message : { ...message, reactions: reactions as Reaction[] };
}
