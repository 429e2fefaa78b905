import { describe, expect, it } from 'vitest';
import { at, buildChat, buildMessage, buildParticipant, buildState, position } from '../testing/build.ts';
import { chatReducers } from './chat-reducers.ts';
import { putChat, putLast } from './chats.ts';
import { isLastUnknown } from './last-message.ts';
import { buryForNow, messageReducers } from './message-reducers.ts';
import type { State } from './state.ts';

const chat = (state: State) => state.chats.get('c1')!;
const deletion = (sequence: number) => ({ chatId: 'c1', messageId: `m${sequence}`, deletedAt: at(9), sequence });
const erase = (state: State, sequence: number) =>
  messageReducers['message.deleted'](state, { ...deletion(sequence), forEveryone: true });
const hide = (state: State, sequence: number) =>
  messageReducers['message.hidden'](state, { ...deletion(sequence), forEveryone: false });
const say = (state: State, sequence: number, change = {}) =>
  messageReducers['message.new'](state, { chatId: 'c1', message: buildMessage(sequence, change) });
const withoutWindow = (): State => {
  const state = buildState();
  state.windows.clear();
  return state;
};

describe('when the last message is deleted', () => {
  it('for everyone or for oneself, the one before it is the last; numbers stay', () => {
    const state = buildState({ isLastMessageRead: true });
    erase(state, 5);
    expect(chat(state)).toMatchObject({
      lastMessage: buildMessage(4),
      lastSequence: 5,
      messageCount: 5,
      unreadCount: 2,
    });
    expect(chat(state)).not.toHaveProperty('isLastMessageRead');
    hide(state, 4);
    expect(chat(state).lastMessage).toEqual(buildMessage(3));
    buryForNow(state, 'c1', 'm3');
    expect(chat(state).lastMessage).toEqual(buildMessage(2));
  });

  it('those before it that are deleted as well are passed over, until none is left', () => {
    const state = buildState();
    for (const sequence of [4, 2, 1]) erase(state, sequence);
    expect(chat(state).lastMessage).toEqual(buildMessage(5));
    erase(state, 5);
    expect(chat(state).lastMessage).toEqual(buildMessage(3));
    erase(state, 3);
    expect(chat(state)).not.toHaveProperty('lastMessage');
    say(state, 6, { deletedAt: at(9), content: '' });
    expect(chat(state)).toMatchObject({ lastSequence: 6 });
    expect(chat(state)).not.toHaveProperty('lastMessage');
  });

  it('what was left on the one before it is not told in the list', () => {
    const state = buildState();
    const window = state.windows.get('c1')!;
    const reactions = [{ emoji: '👍', count: 1, me: false }];
    state.windows.set('c1', { ...window, items: window.items.with(3, buildMessage(4, { reactions })) });
    erase(state, 5);
    expect(chat(state).lastMessage).toEqual(buildMessage(4));
  });

  it.each<[string, (state: State) => unknown]>([
    ['not loaded', (state) => state.windows.clear()],
    ['loaded elsewhere', (state) => state.windows.set('c1', { ...state.windows.get('c1')!, hasNewer: true })],
    [
      'loaded without the newest',
      (state) => state.windows.set('c1', { ...state.windows.get('c1')!, items: [buildMessage(3)] }),
    ],
    [
      'loaded no further',
      (state) => state.windows.set('c1', { items: [buildMessage(5)], hasOlder: true, hasNewer: false }),
    ],
  ])('it stays in its place where the history is %s', (_, prepare) => {
    const state = buildState();
    prepare(state);
    erase(state, 5);
    expect(chat(state).lastMessage).toMatchObject({ id: 'm5', deletedAt: at(9) });
    expect(isLastUnknown(state, 'c1')).toBe(true);
  });
});

describe('what the server tells of the last message', () => {
  const told = (change = {}) =>
    buildChat({
      lastMessage: buildMessage(4, { senderId: 'eve' }),
      participants: [buildParticipant('eve')],
      ...change,
    });

  it('is taken where it is not known, with who sent it', () => {
    const state = withoutWindow();
    erase(state, 5);
    putLast(state, told());
    expect(chat(state).lastMessage).toMatchObject({ id: 'm4' });
    expect(state.participants.get('c1')!.has('eve')).toBe(true);
    putLast(state, told({ lastMessage: buildMessage(3) }));
    expect(chat(state).lastMessage).toMatchObject({ id: 'm4' });
  });

  it('may be that there is none', () => {
    const state = withoutWindow();
    erase(state, 5);
    const { lastMessage: _, ...empty } = told();
    putLast(state, empty);
    expect(chat(state)).not.toHaveProperty('lastMessage');
  });

  it('is asked for again when the viewer has deleted that one, too', () => {
    const state = withoutWindow();
    erase(state, 5);
    hide(state, 4);
    putLast(state, told());
    expect(isLastUnknown(state, 'c1')).toBe(true);
  });

  it('comes with the list, unless that is older than what happened since', () => {
    const state = withoutWindow();
    erase(state, 5);
    state.positions.set('chat:c1', position(12));
    putChat(state, told({ position: position(11) }));
    expect(isLastUnknown(state, 'c1')).toBe(true);
    putChat(state, told({ position: position(12) }));
    expect(chat(state).lastMessage).toMatchObject({ id: 'm4' });
  });
});

it('a receipt tells of the newest message only', () => {
  const state = buildState();
  say(state, 6, { senderId: 'me' });
  say(state, 7);
  erase(state, 7);
  chatReducers['receipt.updated'](state, { chatId: 'c1', userId: 'bob', sequence: 7, readAt: at(9) });
  expect(chat(state).lastMessage).toMatchObject({ id: 'm6' });
  expect(chat(state)).not.toHaveProperty('isLastMessageRead');
});
