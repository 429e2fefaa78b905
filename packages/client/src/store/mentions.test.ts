import type { EventPayload, Message } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { at, buildMessage, buildState } from '../testing/build.ts';
import { reducers } from './reducers.ts';
import type { State } from './state.ts';

const unread = (state: State): readonly number[] => {
  const { unreadMentions, unreadMentionSequences = [] } = state.chats.get('c1')!;
  expect(unreadMentions).toBe(unreadMentionSequences.length);
  return unreadMentionSequences;
};
const mentioning = (sequence: number, change: Partial<Message> = {}) =>
  buildMessage(sequence, { mentions: ['me'], ...change });
const told = (state: State, message: Message) => reducers['message.new'](state, { chatId: 'c1', message });
const edited = (state: State, message: Message) =>
  reducers['message.updated'](state, { chatId: 'c1', message: { ...message, editedAt: at(9) } });
const deleted = (state: State, change: Partial<EventPayload<'message.deleted'>>) =>
  reducers['message.deleted'](state, { chatId: 'c1', messageId: 'm6', forEveryone: true, deletedAt: at(9), ...change });
const read = (state: State, sequence: number) =>
  reducers['chat.read'](state, { chatId: 'c1', sequence, readCount: sequence });

describe('unread mentions', () => {
  it('are those of the viewer, in their order, each once', () => {
    const state = buildState();
    for (const message of [mentioning(6), buildMessage(7, { mentions: ['bob'] }), mentioning(8), mentioning(6)])
      told(state, message);
    edited(state, mentioning(4));
    edited(state, mentioning(4));
    expect(unread(state)).toEqual([4, 6, 8]);
  });

  it('are not where the viewer has read already', () => {
    const state = buildState();
    read(state, 7);
    told(state, mentioning(6));
    edited(state, mentioning(3));
    told(state, mentioning(8));
    expect(unread(state)).toEqual([8]);
  });

  it('go when they are read, also by writing', () => {
    const state = buildState();
    for (const sequence of [6, 7, 8]) told(state, mentioning(sequence));
    read(state, 6);
    expect(unread(state)).toEqual([7, 8]);
    told(state, buildMessage(9, { senderId: 'me' }));
    expect(unread(state)).toEqual([]);
    expect(state.chats.get('c1')).not.toHaveProperty('unreadMentionSequences');
  });

  it('follow edits and deletions, also of messages that are not loaded', () => {
    const state = buildState({ unreadMentions: 3, unreadMentionSequences: [4, 5, 6], lastSequence: 6 });
    state.windows.delete('c1');
    edited(state, buildMessage(4));
    deleted(state, { sequence: 6 });
    expect(unread(state)).toEqual([5]);
    deleted(state, { messageId: 'old' });
    expect(unread(state)).toEqual([5]);
  });

  it('stay as they are for what the viewer deleted for themself', () => {
    const state = buildState();
    told(state, mentioning(6));
    const gone = { chatId: 'c1', messageId: 'm6', forEveryone: false, deletedAt: at(9) } as const;
    reducers['message.hidden'](state, gone);
    edited(state, mentioning(6));
    expect(unread(state)).toEqual([6]);
    expect(state.chats.get('c1')?.lastMessage).not.toHaveProperty('mentions');
  });

  it('are the newest hundred', () => {
    const state = buildState();
    for (let sequence = 6; sequence < 116; sequence += 1) told(state, mentioning(sequence));
    expect([unread(state).length, unread(state)[0]]).toEqual([100, 16]);
  });
});
