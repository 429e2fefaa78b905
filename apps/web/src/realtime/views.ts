import {
  allAsWanted,
  asWanted,
  type ChatState,
  type Command,
  type MessageWindow,
  newestLeft,
  type OutboxItem,
  type State,
  type Upload,
} from '@parley/client';
import type { Me, Message, Participant, Presence, User, UserSettings } from '@parley/contract';
import { type ComputedRef, computed, type MaybeRefOrGetter, toValue } from 'vue';
import { useParley } from './parley.ts';

/** Looks at the state, as Vue values. Maps of the state that are changed in place are never handed out. */

const nothing: readonly never[] = [];

export function useMe(): ComputedRef<Me | undefined> {
  const { state, track } = useParley();
  return computed(() => {
    track('me');
    return state.me;
  });
}

export function useSettings(): ComputedRef<UserSettings | undefined> {
  const { state, track } = useParley();
  return computed(() => {
    track('settings');
    return state.settings;
  });
}

/** All chats; a new array with each change of any. */
export function useChats(): ComputedRef<readonly ChatState[]> {
  const { state, track } = useParley();
  return computed(() => {
    track('chat');
    return [...state.chats.values()];
  });
}

/** What waits to be done with messages of the chat. */
function useCommands(chatId: MaybeRefOrGetter<string>): () => readonly Command[] {
  const { state, track } = useParley();
  return () => {
    track('commands', toValue(chatId));
    return state.commands.get(toValue(chatId)) ?? nothing;
  };
}

export function useChat(chatId: MaybeRefOrGetter<string>): ComputedRef<ChatState | undefined> {
  const { state, track } = useParley();
  const commands = useCommands(chatId);
  return computed(() => {
    track('chat', toValue(chatId));
    const chat = state.chats.get(toValue(chatId));
    if (chat?.lastMessage === undefined) return chat;
    const wanted = asWanted(chat.lastMessage, commands());
    if (wanted === chat.lastMessage) return chat;
    return wanted.deletedAt === undefined ? { ...chat, lastMessage: wanted } : withoutNewest(chat, wanted);
  });

  /** It is to be deleted: the one before is the last then, as far as it is known. */
  function withoutNewest({ lastMessage: _1, isLastMessageRead: _2, ...chat }: ChatState, deleted: Message): ChatState {
    track('messages', chat.id);
    const window = state.windows.get(chat.id);
    const left = newestLeft(window && { ...window, items: allAsWanted(window.items, commands()) }, chat.lastSequence);
    if (left === undefined) return chat;
    return { ...chat, lastMessage: left === 'unknown' ? deleted : left };
  }
}

/** Messages of which something is still to be told to the server. */
export function useChanging(chatId: MaybeRefOrGetter<string>): ComputedRef<ReadonlySet<string>> {
  const commands = useCommands(chatId);
  return computed(() => new Set(commands().map(({ messageId }) => messageId)));
}

export function useWindow(chatId: MaybeRefOrGetter<string>): ComputedRef<MessageWindow | undefined> {
  const { state, track } = useParley();
  const commands = useCommands(chatId);
  return computed(() => {
    track('messages', toValue(chatId));
    const window = state.windows.get(toValue(chatId));
    if (window === undefined) return undefined;
    const items = allAsWanted(window.items, commands());
    return items === window.items ? window : { ...window, items };
  });
}

/** What is held up, the latest first. */
export function usePins(chatId: MaybeRefOrGetter<string>): ComputedRef<readonly Message[]> {
  const { state, track } = useParley();
  const commands = useCommands(chatId);
  return computed(() => {
    track('pins', toValue(chatId));
    const wanted = allAsWanted(state.pins.get(toValue(chatId)) ?? nothing, commands());
    return wanted.some(({ deletedAt }) => deletedAt !== undefined)
      ? wanted.filter(({ deletedAt }) => deletedAt === undefined)
      : wanted;
  });
}

/** Own messages on their way, oldest first. */
export function usePending(chatId: MaybeRefOrGetter<string>): ComputedRef<readonly OutboxItem[]> {
  const { state, track } = useParley();
  return computed(() => {
    track('pending', toValue(chatId));
    return state.pending.get(toValue(chatId)) ?? nothing;
  });
}

/** Files that were chosen in the chat and whose messages are not stored yet. */
export function useUploads(chatId: MaybeRefOrGetter<string>): ComputedRef<readonly Upload[]> {
  const { state, track } = useParley();
  return computed(() => {
    track('uploads', toValue(chatId));
    return state.uploads.get(toValue(chatId)) ?? nothing;
  });
}

/** A person of a chat, as far as known. The function itself changes when one of them does. */
export function useParticipants(
  chatId: MaybeRefOrGetter<string>,
): ComputedRef<(participantId: string) => Participant | undefined> {
  const { state, track } = useParley();
  return computed(() => {
    track('participants', toValue(chatId));
    const known = state.participants.get(toValue(chatId));
    return (participantId) => known?.get(participantId);
  });
}

/** Up to where somebody else has read; undefined where that was not asked. */
export function useReadByOthers(chatId: MaybeRefOrGetter<string>): ComputedRef<number | undefined> {
  const { state, track } = useParley();
  return computed(() => {
    track('receipts', toValue(chatId));
    const receipts = state.receipts.get(toValue(chatId));
    if (receipts === undefined) return undefined;
    let newest = 0;
    for (const { sequence } of receipts.values()) newest = Math.max(newest, sequence);
    return newest;
  });
}

/** Names of those who type, in the order they began; an empty one for somebody who was not met yet. */
export function useTypers(chatId: MaybeRefOrGetter<string>): ComputedRef<readonly string[]> {
  const { state, track } = useParley();
  return computed((before?: readonly string[]) => {
    const id = toValue(chatId);
    track('typing', id);
    const typers = state.typing.get(id);
    if (typers === undefined || typers.size === 0) return nothing;
    track('participants', id);
    const people = state.participants.get(id);
    const nameOf = (typer: string): string =>
      people?.get(typer)?.displayName ?? (state.chats.get(id)?.peer ?? peerOf(state, typer))?.displayName ?? '';
    const names = [...typers.keys()].map(nameOf);
    const isSame = before?.length === names.length && names.every((name, index) => name === before[index]);
    return isSame ? before : names;
  });
}

/** Whom one talks with elsewhere. A participant who is pseudonymous is called by no user id. */
const peerOf = (state: State, userId: string): User | undefined =>
  [...state.chats.values()].find(({ peer }) => peer?.id === userId)?.peer;

export function usePresence(userId: MaybeRefOrGetter<string | undefined>): ComputedRef<Presence | undefined> {
  const { state, track } = useParley();
  return computed(() => {
    const id = toValue(userId);
    if (id === undefined) return undefined;
    track('presence', id);
    return state.presence.get(id);
  });
}
