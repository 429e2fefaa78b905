import type { MessagePage } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { at, buildMessage, buildParticipant, buildState, position } from '../testing/build.ts';
import { differences, equalState } from './equal-state.ts';
import { type ClientEvent, createStore } from './store.ts';
import { putPage } from './windows.ts';

function buildStore() {
  const store = createStore(() => 0);
  Object.assign(store.state, { me: buildState().me, settings: buildState().settings });
  const { chats, windows, participants, positions } = buildState();
  for (const [key, value] of chats) store.state.chats.set(key, value);
  for (const [key, value] of windows) store.state.windows.set(key, value);
  for (const [key, value] of participants) store.state.participants.set(key, value);
  for (const [key, value] of positions) store.state.positions.set(key, value);
  return store;
}

const newMessage = (sequence: number, offset: number, epoch = 'e1'): ClientEvent => ({
  name: 'message.new',
  payload: { chatId: 'c1', message: buildMessage(sequence) },
  topic: 'chat:c1',
  position: position(offset, epoch),
});
const edited = (sequence: number, content: string, offset: number): ClientEvent => ({
  ...newMessage(sequence, offset),
  name: 'message.updated',
  payload: { chatId: 'c1', message: buildMessage(sequence, { content, editedAt: at(offset) }) },
});
const page = (sequences: number[], offset: number, change: Partial<MessagePage> = {}): MessagePage => ({
  items: sequences.map((sequence) => buildMessage(sequence)),
  participants: [],
  position: position(offset),
  hasOlder: false,
  hasNewer: false,
  ...change,
});

describe('the position rule', () => {
  it('applies what is above, with holes, and drops the rest', () => {
    const store = buildStore();
    expect(store.apply(newMessage(6, 13))).toBe('applied');
    expect(store.apply(newMessage(6, 13))).toBe('known');
    expect(store.apply(newMessage(5, 9))).toBe('known');
    expect(store.state.positions.get('chat:c1')).toEqual(position(13));
    expect(store.state.chats.get('c1')!.messageCount).toBe(6);
  });

  it('says what cannot be applied', () => {
    const store = buildStore();
    expect(store.apply(newMessage(6, 13, 'e2'))).toBe('other_epoch');
    expect(store.apply({ ...newMessage(1, 1), topic: 'chat:c9' })).toBe('unknown_topic');
    expect(store.state.positions.get('chat:c1')).toEqual(position(10));
  });

  it('moves on over events of a newer server', () => {
    const store = buildStore();
    expect(store.apply({ ...newMessage(6, 11), name: 'message.sung' } as never)).toBe('applied');
    expect(store.state.positions.get('chat:c1')).toEqual(position(11));
  });

  it('tells listeners what changed, until they leave', () => {
    const store = buildStore();
    const told: string[] = [];
    const leave = store.subscribe(({ part }) => told.push(part));
    store.apply(newMessage(6, 11));
    leave();
    store.apply(newMessage(7, 12));
    expect(told).toEqual(['chat', 'messages']);
  });
});

describe('loading', () => {
  it('never undoes an event that came meanwhile', async () => {
    const store = buildStore();
    const { promise, resolve } = Promise.withResolvers<MessagePage>();
    const merge = (state: typeof store.state, loaded: MessagePage) => putPage(state, 'c1', loaded, 'whole');
    const loading = store.load('c1', () => promise, merge);
    store.apply(edited(4, 'edited', 11));
    store.apply(newMessage(6, 12));
    resolve(page([1, 2, 3, 4, 5], 10));
    await loading;
    const { items } = store.state.windows.get('c1')!;
    expect(items.map(({ content }) => content)).toEqual(['text 1', 'text 2', 'text 3', 'edited', 'text 5', 'text 6']);
  });

  it('does not apply again what the page contains', async () => {
    const store = buildStore();
    const { promise, resolve } = Promise.withResolvers<MessagePage>();
    const merge = (state: typeof store.state, loaded: MessagePage) => putPage(state, 'c1', loaded, 'whole');
    const loading = store.load('c1', () => promise, merge);
    const renamed = buildParticipant('bob', { displayName: 'Bobby' });
    const payload = { chatId: 'c1', participant: renamed };
    store.apply({ name: 'chat.participant_updated', payload, topic: 'chat:c1', position: position(11) });
    resolve(page([1, 2], 12, { participants: [buildParticipant('bob', { displayName: 'Robert' })] }));
    await loading;
    expect(store.state.participants.get('c1')!.get('bob')!.displayName).toBe('Robert');
  });

  it('of older and newer pages makes one run without doubles', () => {
    const store = buildStore();
    store.update((state) => putPage(state, 'c1', page([10, 11, 12], 10, { hasOlder: true, hasNewer: true }), 'whole'));
    store.update((state) => putPage(state, 'c1', page([8, 9, 10], 10, { hasOlder: true, hasNewer: true }), 'older'));
    store.update((state) => putPage(state, 'c1', page([12, 13], 10, { hasOlder: true }), 'newer'));
    const window = store.state.windows.get('c1')!;
    expect(window.items.map(({ sequence }) => sequence)).toEqual([8, 9, 10, 11, 12, 13]);
    expect(window).toMatchObject({ hasOlder: true, hasNewer: false });
  });
});

describe('comparing states', () => {
  it('sees each difference and nothing else', () => {
    expect(equalState(buildState(), buildState())).toBe(true);
    const other = buildState({ unreadCount: 9 });
    other.me = { ...other.me!, displayName: 'Other' };
    expect(differences(buildState(), other)).toEqual([
      'me.displayName: "Me" is not "Other"',
      'chats.c1.unreadCount: 2 is not 9',
    ]);
    const shorter = buildState();
    shorter.windows.set('c1', { ...shorter.windows.get('c1')!, items: shorter.windows.get('c1')!.items.slice(0, 4) });
    expect(equalState(buildState(), shorter)).toBe(false);
  });
});
