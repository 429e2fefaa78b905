import type { ClientEventName, EventPayload } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { at, buildChat, buildMe, buildMessage, buildParticipant, buildSettings, buildState } from '../testing/build.ts';
import { buryForNow, isReceiptUnknown } from './message-reducers.ts';
import { asSeen } from './messages.ts';
import { putPending } from './pending.ts';
import type { Reducer } from './reducer.ts';
import { reducers } from './reducers.ts';
import type { State } from './state.ts';

const now = Date.parse(at(30));

function reduce<N extends ClientEventName>(state: State, name: N, payload: EventPayload<N>) {
  const changes = (reducers[name] as unknown as Reducer<N>)(state, payload, { now });
  return changes.map((change) => change.part);
}

const chat = (state: State) => state.chats.get('c1')!;
const shown = (state: State) => state.windows.get('c1')!.items;
const pendingItem = { clientMessageId: 'k1', chatId: 'c1', content: 'hi', queuedAt: at(6), state: 'accepted' } as const;

describe('message.new', () => {
  it('is the newest, unread, and at the end of the window', () => {
    const state = buildState();
    const before = shown(state);
    const message = buildMessage(6);
    expect(reduce(state, 'message.new', { chatId: 'c1', message })).toEqual(['chat', 'messages']);
    expect(chat(state)).toMatchObject({
      lastSequence: 6,
      messageCount: 6,
      readCount: 3,
      unreadCount: 3,
      lastMessage: message,
    });
    expect(shown(state)).toEqual([...before, message]);
    expect(before).toHaveLength(5);
  });

  it('of one’s own moves the read cursor and takes the place of the pending one', () => {
    const state = buildState();
    putPending(state, pendingItem);
    const message = buildMessage(6, { senderId: 'me', clientMessageId: 'k1' });
    expect(reduce(state, 'message.new', { chatId: 'c1', message })).toEqual(['pending', 'chat', 'messages']);
    expect(chat(state)).toMatchObject({ readSequence: 6, readCount: 6, unreadCount: 0 });
    expect(state.pending.size).toBe(0);
  });

  it('of service is the newest but counts as unread for nobody', () => {
    const state = buildState();
    reduce(state, 'message.new', { chatId: 'c1', message: buildMessage(6, { messageType: 'system', senderId: 'me' }) });
    expect(chat(state)).toMatchObject({ lastSequence: 6, messageCount: 5, readSequence: 3, unreadCount: 2 });
  });

  it('a second time changes nothing', () => {
    const state = buildState();
    reduce(state, 'message.new', { chatId: 'c1', message: buildMessage(6) });
    const [known, items] = [chat(state), shown(state)];
    reduce(state, 'message.new', { chatId: 'c1', message: buildMessage(6) });
    expect([chat(state), shown(state)]).toEqual([known, items]);
  });

  it('is not added to a window that does not reach the newest', () => {
    const state = buildState();
    const window = { ...state.windows.get('c1')!, hasNewer: true };
    state.windows.set('c1', window);
    expect(reduce(state, 'message.new', { chatId: 'c1', message: buildMessage(6) })).toEqual(['chat']);
    expect(state.windows.get('c1')).toBe(window);
  });

  it('ends the typing of its sender and moves their receipt', () => {
    const state = buildState();
    state.typing.set('c1', new Map([['bob', now]]));
    state.receipts.set('c1', new Map([['bob', { userId: 'bob', sequence: 2, readAt: at(2) }]]));
    const parts = reduce(state, 'message.new', { chatId: 'c1', message: buildMessage(6) });
    expect(parts).toEqual(['chat', 'receipts', 'typing', 'messages']);
    expect(state.receipts.get('c1')!.get('bob')).toEqual({ userId: 'bob', sequence: 6, readAt: at(6) });
    expect(state.typing.get('c1')!.size).toBe(0);
  });

  it('of one’s own does not take back what is read further', () => {
    const state = buildState();
    reduce(state, 'chat.read', { chatId: 'c1', sequence: 8, readCount: 8 });
    for (const [sequence, senderId] of [
      [6, 'bob'],
      [7, 'me'],
      [8, 'bob'],
      [9, 'bob'],
    ] as const) {
      reduce(state, 'message.new', { chatId: 'c1', message: buildMessage(sequence, { senderId }) });
    }
    expect(chat(state)).toMatchObject({ readSequence: 8, readCount: 8, messageCount: 9, unreadCount: 1 });
  });

  it('moves the receipt of its sender where the chat knows the message already, but not who has read it', () => {
    const state = buildState();
    state.receipts.set('c1', new Map([['bob', { userId: 'bob', sequence: 2, readAt: at(2) }]]));
    reduce(state, 'message.new', { chatId: 'c1', message: buildMessage(5, { senderId: 'bob' }) });
    expect(state.receipts.get('c1')!.get('bob')).toEqual({ userId: 'bob', sequence: 5, readAt: at(5) });
    reduce(state, 'message.new', { chatId: 'c1', message: buildMessage(4, { senderId: 'bob' }) });
    expect(state.receipts.get('c1')!.get('bob')!.sequence).toBe(5);
  });

  it('makes no receipt of somebody who has none: they may hide how far they have read', () => {
    const state = buildState();
    state.receipts.set('c1', new Map());
    const message = buildMessage(6);
    expect(reduce(state, 'message.new', { chatId: 'c1', message })).not.toContain('receipts');
    expect(state.receipts.get('c1')!.size).toBe(0);
    expect(isReceiptUnknown(state, message)).toBe(true);
    expect(isReceiptUnknown(state, { ...message, senderId: 'me' })).toBe(false);
  });

  it('that the viewer hid already comes as a tombstone, and so does what quotes it', () => {
    const state = buildState();
    reduce(state, 'message.hidden', { chatId: 'c1', messageId: 'm6', forEveryone: false, deletedAt: at(9) });
    reduce(state, 'message.new', { chatId: 'c1', message: buildMessage(6) });
    const replyTo = { messageId: 'm6', senderId: 'bob', excerpt: 'text 6', messageType: 'text' } as const;
    reduce(state, 'message.new', { chatId: 'c1', message: buildMessage(7, { replyTo }) });
    expect(shown(state)[5]).toMatchObject({ content: '', deletedAt: at(9) });
    expect(shown(state)[6]!.replyTo!.excerpt).toBe('');
  });

  it('of an unknown chat changes nothing', () => {
    expect(reduce(buildState(), 'message.new', { chatId: 'c9', message: buildMessage(1, { chatId: 'c9' }) })).toEqual(
      [],
    );
  });
});

describe('message.updated, .deleted, .hidden', () => {
  const replyTo = { messageId: 'm5', senderId: 'bob', excerpt: 'text 5', messageType: 'text' } as const;
  const withReply = () => {
    const state = buildState();
    reduce(state, 'message.new', { chatId: 'c1', message: buildMessage(6, { replyTo }) });
    return state;
  };

  it('an edit shows in the window, in the preview and in replies', () => {
    const state = withReply();
    const message = buildMessage(5, { content: 'new', editedAt: at(7) });
    expect(reduce(state, 'message.updated', { chatId: 'c1', message })).toEqual(['messages', 'chat']);
    expect(shown(state)[4]).toEqual(message);
    expect(shown(state)[5]!.replyTo!.excerpt).toBe('new');
    expect(chat(state).lastMessage!.replyTo!.excerpt).toBe('new');
  });

  it('an older edit never wins, and deleted stays deleted', () => {
    const state = buildState();
    reduce(state, 'message.updated', { chatId: 'c1', message: buildMessage(5, { content: 'two', editedAt: at(8) }) });
    reduce(state, 'message.updated', { chatId: 'c1', message: buildMessage(5, { content: 'one', editedAt: at(7) }) });
    expect(chat(state).lastMessage!.content).toBe('two');
    reduce(state, 'message.deleted', { chatId: 'c1', messageId: 'm5', forEveryone: true, deletedAt: at(9) });
    reduce(state, 'message.updated', {
      chatId: 'c1',
      message: buildMessage(5, { content: 'three', editedAt: at(10) }),
    });
    expect(shown(state)[4]).toMatchObject({ content: '', deletedAt: at(9) });
  });

  it.each(['message.deleted', 'message.hidden'] as const)('%s leaves a tombstone everywhere', (name) => {
    const state = withReply();
    const payload = { chatId: 'c1', messageId: 'm5', forEveryone: name === 'message.deleted', deletedAt: at(9) };
    reduce(state, name, payload as never);
    expect(shown(state)[4]).toEqual(buildMessage(5, { content: '', deletedAt: at(9) }));
    expect(shown(state)[5]!.replyTo!.excerpt).toBe('');
  });

  it('excerpts hold no half characters', () => {
    const state = withReply();
    const content = `${'x'.repeat(119)}😀`;
    reduce(state, 'message.updated', { chatId: 'c1', message: buildMessage(5, { content, editedAt: at(7) }) });
    expect(shown(state)[5]!.replyTo!.excerpt).toBe('x'.repeat(119));
  });
});

describe('message.failed', () => {
  it('marks the pending one', () => {
    const state = buildState();
    putPending(state, pendingItem);
    reduce(state, 'message.failed', { chatId: 'c1', id: 'x', clientMessageId: 'k1', code: 'message_discarded' });
    expect(state.pending.get('c1')).toEqual([{ ...pendingItem, state: 'failed', errorCode: 'message_discarded' }]);
  });
});

describe('reading', () => {
  it('chat.read moves one’s cursor forward only', () => {
    const state = buildState();
    reduce(state, 'chat.read', { chatId: 'c1', sequence: 5, readCount: 5 });
    expect(chat(state)).toMatchObject({ readSequence: 5, unreadCount: 0 });
    expect(reduce(state, 'chat.read', { chatId: 'c1', sequence: 4, readCount: 4 })).toEqual([]);
  });

  it('chat.read may come before the message it tells of', () => {
    const state = buildState();
    reduce(state, 'chat.read', { chatId: 'c1', sequence: 6, readCount: 6 });
    expect(chat(state).unreadCount).toBe(0);
    reduce(state, 'message.new', { chatId: 'c1', message: buildMessage(6) });
    expect(chat(state).unreadCount).toBe(0);
  });

  it('receipt.updated moves others’ receipts forward, where they are loaded and wanted', () => {
    const state = buildState();
    const receipt = { chatId: 'c1', userId: 'bob', sequence: 4, readAt: at(8) };
    expect(reduce(state, 'receipt.updated', receipt)).toEqual([]);
    state.receipts.set('c1', new Map());
    expect(reduce(state, 'receipt.updated', receipt)).toEqual(['receipts']);
    expect(reduce(state, 'receipt.updated', { ...receipt, sequence: 3 })).toEqual([]);
    expect(reduce(state, 'receipt.updated', { ...receipt, userId: 'me' })).toEqual([]);
    expect(state.receipts.get('c1')!.get('bob')).toEqual({ userId: 'bob', sequence: 4, readAt: at(8) });
    reduce(state, 'settings.updated', { settings: buildSettings({ readReceipts: false }) });
    expect(state.receipts.get('c1')!.size).toBe(0);
    expect(reduce(state, 'receipt.updated', receipt)).toEqual([]);
  });
});

describe('chats', () => {
  it('chat.created adds the chat with its people and its position', () => {
    const state = buildState();
    const presence = { status: 'online', state: 'online' } as const;
    const peer = { id: 'cat', username: 'cat', displayName: 'Cat', presence };
    reduce(state, 'chat.created', { chat: buildChat({ id: 'c2', type: 'direct', peer }) });
    expect(state.chats.get('c2')).toMatchObject({ id: 'c2', peer: { id: 'cat' } });
    expect(state.presence.get('cat')).toEqual(presence);
    expect(state.positions.get('chat:c2')).toEqual({ epoch: 'e1', offset: 10 });
    expect(state.participants.get('c2')!.get('bob')).toBeDefined();
  });

  it('chat.created of a known chat never passes over what its window has not heard', () => {
    const state = buildState();
    const newer = { epoch: 'e1', offset: 20 };
    reduce(state, 'chat.created', { chat: buildChat({ position: newer, lastSequence: 9, isPinned: true }) });
    expect(chat(state)).toMatchObject({ lastSequence: 5, isPinned: true });
    expect(state.positions.get('chat:c1')!.offset).toBe(10);
  });

  it('chat.updated replaces the facts; what is absent is gone', () => {
    const state = buildState({ description: 'about', publicName: 'pub' });
    const facts = { id: 'c1', type: 'group', memberCount: 4, createdAt: at(0), description: 'new' } as const;
    reduce(state, 'chat.updated', { chatId: 'c1', chat: facts });
    expect(chat(state)).toMatchObject({ description: 'new', memberCount: 4, unreadCount: 2 });
    expect(chat(state)).not.toHaveProperty('title');
    expect(chat(state)).not.toHaveProperty('publicName');
  });

  it.each([
    ['chat.deleted', { chatId: 'c1' }],
    ['chat.left', { chatId: 'c1', reason: 'removed' }],
  ] as const)('%s forgets all of it', (name, payload) => {
    const state = buildState();
    putPending(state, pendingItem);
    expect(reduce(state, name, payload as never)).toContain('chat');
    const { chats, windows, participants, positions, pending } = state;
    expect([chats, windows, participants, pending].map((part) => part.size)).toEqual([0, 0, 0, 0]);
    expect([...positions.keys()]).toEqual(['user:me']);
  });

  it('chat.flags_updated files it; an end of muting is gone when absent', () => {
    const state = buildState({ mutedUntil: at(50) });
    reduce(state, 'chat.flags_updated', {
      chatId: 'c1',
      flags: { isPinned: true, isFavorite: false, isArchived: true },
    });
    expect(chat(state)).toMatchObject({ isPinned: true, isArchived: true });
    expect(chat(state)).not.toHaveProperty('mutedUntil');
  });
});

describe('people', () => {
  it('chat.member_joined and .member_left', () => {
    const state = buildState();
    state.receipts.set('c1', new Map([['cat', { userId: 'cat', sequence: 1, readAt: at(1) }]]));
    const participant = buildParticipant('cat');
    reduce(state, 'chat.member_joined', { chatId: 'c1', userId: 'cat', participant, memberCount: 4 });
    expect(chat(state).memberCount).toBe(4);
    expect(state.participants.get('c1')!.get('cat')).toEqual(participant);
    reduce(state, 'chat.member_left', { chatId: 'c1', userId: 'cat', reason: 'left', memberCount: 3 });
    expect(chat(state).memberCount).toBe(3);
    expect(state.participants.get('c1')!.get('cat')).toEqual({ ...participant, isMember: false });
    expect(state.receipts.get('c1')!.size).toBe(0);
  });

  it('chat.participant_updated changes one’s role, and the other person of a direct chat', () => {
    const peer = { id: 'bob', username: 'bob', displayName: 'Bob', avatarUrl: 'a.png' };
    const state = buildState({ type: 'direct', peer });
    reduce(state, 'chat.participant_updated', { chatId: 'c1', participant: buildParticipant('me', { role: 'admin' }) });
    expect(chat(state).myRole).toBe('admin');
    reduce(state, 'chat.participant_updated', {
      chatId: 'c1',
      participant: buildParticipant('bob', { displayName: 'Bobby' }),
    });
    expect(chat(state).peer).toEqual({ id: 'bob', username: 'bob', displayName: 'Bobby' });
    expect(state.participants.get('c1')!.get('bob')!.displayName).toBe('Bobby');
  });

  it('user.updated is oneself, in Saved Messages too', () => {
    const state = buildState({ type: 'direct', peer: { id: 'me', username: 'me', displayName: 'Me' } });
    reduce(state, 'user.updated', { user: buildMe({ displayName: 'Myself' }) });
    expect(state.me!.displayName).toBe('Myself');
    expect(chat(state).peer!.displayName).toBe('Myself');
  });

  it('settings.updated', () => {
    const state = buildState();
    expect(reduce(state, 'settings.updated', { settings: buildSettings({ theme: 'dark' }) })).toEqual(['settings']);
    expect(state.settings!.theme).toBe('dark');
  });

  it('typing.updated starts with an end in sight, and stops; one’s own is not shown', () => {
    const state = buildState();
    reduce(state, 'typing.updated', { chatId: 'c1', userId: 'bob', state: 'start' });
    expect(state.typing.get('c1')!.get('bob')).toBe(now + 6_000);
    expect(reduce(state, 'typing.updated', { chatId: 'c1', userId: 'me', state: 'start' })).toEqual([]);
    expect(reduce(state, 'typing.updated', { chatId: 'c1', userId: 'bob', state: 'stop' })).toEqual(['typing']);
    expect(reduce(state, 'typing.updated', { chatId: 'c1', userId: 'bob', state: 'stop' })).toEqual([]);
  });

  it('presence.updated', () => {
    const state = buildState();
    const payload = { userId: 'bob', username: 'bob', status: 'offline', state: 'away' } as const;
    expect(reduce(state, 'presence.updated', payload)).toEqual(['presence']);
    expect(state.presence.get('bob')).toEqual({ status: 'offline', state: 'away' });
  });
});

describe('a message deleted twice', () => {
  const hidden = { chatId: 'c1', messageId: 'm3', forEveryone: false } as const;
  const deleted = { chatId: 'c1', messageId: 'm3', forEveryone: true } as const;

  it('counts as deleted for everyone, whichever came first', () => {
    for (const isHiddenFirst of [true, false]) {
      const state = buildState();
      if (isHiddenFirst) reduce(state, 'message.hidden', { ...hidden, deletedAt: at(9) });
      reduce(state, 'message.deleted', { ...deleted, deletedAt: at(10) });
      if (!isHiddenFirst) reduce(state, 'message.hidden', { ...hidden, deletedAt: at(9) });
      expect(shown(state)[2]!.deletedAt).toBe(at(10));
    }
  });

  it('counts as deleted for everyone, whatever is told late of how it was before', () => {
    const state = buildState();
    reduce(state, 'message.hidden', { ...hidden, deletedAt: at(9) });
    reduce(state, 'message.deleted', { ...deleted, deletedAt: at(10) });
    reduce(state, 'message.updated', { chatId: 'c1', message: buildMessage(3, { content: 'new', editedAt: at(8) }) });
    expect(shown(state)[2]).toMatchObject({ content: '', deletedAt: at(10) });
  });

  it('was deleted when the server said, also where it was kept before that', () => {
    const state = buildState();
    buryForNow(state, 'c1', 'm3');
    state.hidden.set('m3', at(9));
    expect(asSeen(state, shown(state)[2]!).deletedAt).toBe(at(9));
  });

  it('the server says when', () => {
    const state = buildState();
    buryForNow(state, 'c1', 'm3');
    expect(shown(state)[2]).toMatchObject({ content: '', deletedAt: at(3) });
    reduce(state, 'message.hidden', { ...hidden, deletedAt: at(9) });
    expect(shown(state)[2]!.deletedAt).toBe(at(9));
  });
});
