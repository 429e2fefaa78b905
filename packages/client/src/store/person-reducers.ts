import type { Me } from '@parley/contract';
import type { Reducers } from './reducer.ts';
import type { Change, State } from './state.ts';

export const personReducers = {
  'user.updated': (state, { user }) => {
    state.me = user;
    return [{ part: 'me' }, ...renamePeer(state, user)];
  },
  'settings.updated': (state, { settings }) => {
    state.settings = settings;
    return [{ part: 'settings' }, ...(settings.readReceipts ? [] : forgetReceipts(state))];
  },
  'block.updated': (state, { userId, isBlocked }) => setBlocked(state, userId, isBlocked),
  'presence.updated': (state, { userId, status, state: presence, lastSeen }) => {
    state.presence.set(userId, { status, state: presence, ...(lastSeen === undefined ? {} : { lastSeen }) });
    return [{ part: 'presence', userId }];
  },
} satisfies Partial<Reducers>;

/** In Saved Messages the other person is oneself. */
function renamePeer(state: State, { id, username, displayName, avatarUrl }: Me): Change[] {
  for (const chat of state.chats.values()) {
    if (chat.peer?.id !== id) continue;
    const peer = { id, username, displayName };
    state.chats.set(chat.id, { ...chat, peer: avatarUrl === undefined ? peer : { ...peer, avatarUrl } });
    return [{ part: 'chat', chatId: chat.id }];
  }
  return [];
}

/** Whom one has blocked is kept where one would write to them: in the direct chat. */
function setBlocked(state: State, userId: string, isBlocked: boolean): Change[] {
  for (const chat of state.chats.values()) {
    if (chat.peer?.id !== userId) continue;
    const { isBlocked: _, ...peer } = chat.peer;
    state.chats.set(chat.id, { ...chat, peer: isBlocked ? { ...peer, isBlocked } : peer });
    return [{ part: 'chat', chatId: chat.id }];
  }
  return [];
}

/** Receipts are reciprocal: who hides theirs sees none. */
function forgetReceipts(state: State): Change[] {
  for (const receipts of state.receipts.values()) receipts.clear();
  const changes = [...state.receipts.keys()].map((chatId): Change => ({ part: 'receipts', chatId }));
  for (const { isLastMessageRead, ...chat } of state.chats.values()) {
    if (!isLastMessageRead) continue;
    state.chats.set(chat.id, chat);
    changes.push({ part: 'chat', chatId: chat.id });
  }
  return changes;
}
