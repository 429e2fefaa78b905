import type { Message } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { putChat, setParticipants } from '../store/chats.ts';
import { createStore, type Store } from '../store/store.ts';
import { putPage, putReceipts } from '../store/windows.ts';
import { buildChat, buildMe, buildMessage, buildParticipant, buildSettings, position } from '../testing/build.ts';
import { createBounds } from './bounds.ts';

const people = Array.from({ length: 100 }, (_, index) => `person ${index}`);

function build(chatCount: number) {
  const store = createStore(() => 0);
  let clock = 0;
  const bounds = createBounds(store, {}, () => ++clock);
  store.state.me = buildMe();
  store.state.settings = buildSettings();
  const ids = Array.from({ length: chatCount }, (_, index) => `chat ${index}`);
  for (const id of ids)
    store.update((state) => putChat(state, buildChat({ id, lastMessage: buildMessage(5, { chatId: id }) })));
  return { store, bounds, ids, state: store.state };
}

/** What `openChat` does, with the answers of a server. */
function show(store: Store, chatId: string): void {
  const last = store.state.chats.get(chatId)!.lastSequence;
  const items = run(chatId, Math.max(1, last - 49), last);
  const page = { items, participants: [], position: store.state.positions.get(`chat:${chatId}`)!, hasNewer: false };
  store.update((state) => putPage(state, chatId, { ...page, hasOlder: items[0]!.sequence > 1 }, 'whole'));
  store.update((state) => {
    state.fullMembers.add(chatId);
    const receipts = people.map((userId) => ({ userId, sequence: 1, readAt: items[0]!.sentAt }));
    return [
      ...setParticipants(
        state,
        chatId,
        people.map((id) => buildParticipant(id)),
      ),
      ...putReceipts(state, chatId, receipts),
    ];
  });
}

const run = (chatId: string, from: number, to: number): Message[] =>
  Array.from({ length: to - from + 1 }, (_, index) => messageOf(chatId, from + index));

const messageOf = (chatId: string, sequence: number): Message =>
  buildMessage(sequence, {
    id: `${chatId} ${sequence}`,
    chatId,
    senderId: people[sequence % 100]!,
    sentAt: '2026-01-31T12:00:00.000Z',
  });

function receive(store: Store, chatId: string): void {
  const sequence = store.state.chats.get(chatId)!.lastSequence + 1;
  store.apply({
    name: 'message.new',
    payload: { chatId, message: messageOf(chatId, sequence) },
    topic: `chat:${chatId}`,
    position: position(sequence + 5),
  });
}

const sum = (sizes: Iterable<{ size: number }>): number => [...sizes].reduce((total, { size }) => total + size, 0);

describe('the state stays bounded', () => {
  it('after 50,000 events in 2,000 chats, each of which was opened', () => {
    const { store, bounds, ids, state } = build(2_000);
    for (let event = 0; event < 50_000; event += 1) {
      const chatId = ids[(event * 7) % ids.length]!;
      if (event % 25 === 0) {
        const shown = ids[event / 25]!;
        bounds.opened(shown);
        show(store, shown);
        if (event > 0) bounds.closed(ids[event / 25 - 1]!);
      }
      receive(store, chatId);
      store.apply({
        name: 'presence.updated',
        payload: { userId: `u${event}`, username: 'u', status: 'online', state: 'online' },
      });
      const payload = { chatId, messageId: `hidden ${event}`, forEveryone: false, deletedAt: 'now' } as const;
      store.apply({ name: 'message.hidden', payload, topic: 'user:me', position: position(event + 2) });
    }
    expect(state.chats.size).toBe(2_000);
    expect(state.windows.size).toBeLessThanOrEqual(250);
    expect(state.windows.has(ids.at(-1)!) && state.windows.has(ids.at(-100)!)).toBe(true);
    const loaded = [...state.windows.values()].reduce((total, { items }) => total + items.length, 0);
    expect(loaded).toBeLessThanOrEqual(250 * 75 + 500);
    expect(state.receipts.size).toBe(state.windows.size);
    expect(state.fullMembers.size).toBe(state.windows.size);
    expect(sum(state.participants.values())).toBeLessThanOrEqual(2_000 * 3 + 250 * 101);
    expect(state.presence.size).toBeLessThanOrEqual(5_000);
    expect(state.hidden.size).toBeLessThanOrEqual(1_250);
    // Nothing is lost by it: what is left is the newest, without holes, and the counts are right.
    for (const [chatId, { items, hasNewer }] of state.windows) {
      expect([items.at(-1)!.sequence, hasNewer]).toEqual([state.chats.get(chatId)!.lastSequence, false]);
      expect(items.at(-1)!.sequence - items[0]!.sequence).toBe(items.length - 1);
    }
    expect(state.chats.get(ids[0]!)).toMatchObject({ lastSequence: 30, messageCount: 30 });
  });

  it('in an open chat: what the reader moves away from is let go, and comes again', () => {
    const { store, bounds, ids, state } = build(1);
    const chatId = ids[0]!;
    const page = (from: number, to: number, place: 'whole' | 'older' | 'newer', hasNewer: boolean): void =>
      store.update((current) => {
        const items = run(chatId, from, to);
        return putPage(
          current,
          chatId,
          { items, participants: [], position: position(10), hasOlder: from > 1, hasNewer },
          place,
        );
      });
    const window = () => state.windows.get(chatId)!;
    const ends = () => [
      window().items[0]!.sequence,
      window().items.at(-1)!.sequence,
      window().hasOlder,
      window().hasNewer,
    ];
    bounds.opened(chatId);
    page(951, 1_000, 'whole', false);
    bounds.moved(chatId, 'older');
    for (let first = 901; first > 0; first -= 50) page(first, first + 49, 'older', true);
    expect(ends()).toEqual([1, 400, false, true]);
    bounds.moved(chatId, 'newer');
    for (let first = 401; first < 1_000; first += 50) page(first, first + 49, 'newer', first + 49 < 1_000);
    expect(ends()).toEqual([601, 1_000, true, false]);
  });

  it('and a page that came too late to fit leaves no hole', () => {
    const { store, bounds, ids, state } = build(1);
    const chatId = ids[0]!;
    bounds.opened(chatId);
    const late = {
      items: run(chatId, 40, 60),
      participants: [],
      position: position(10),
      hasOlder: true,
      hasNewer: true,
    };
    const put = (place: 'whole' | 'older' | 'newer', items: Message[]) =>
      store.update((current) => putPage(current, chatId, { ...late, items }, place));
    put('whole', run(chatId, 100, 150));
    const before = state.windows.get(chatId);
    put('older', run(chatId, 40, 60));
    put('newer', run(chatId, 200, 220));
    expect(state.windows.get(chatId)).toBe(before);
    put('older', run(chatId, 80, 99));
    put('newer', run(chatId, 140, 160));
    expect(state.windows.get(chatId)!.items).toHaveLength(81);
  });

  it('people who were met in a chat that was never opened are forgotten but for the last', () => {
    const { store, ids, state } = build(1);
    for (let index = 0; index < 10_000; index += 1) {
      store.update((current) => setParticipants(current, ids[0]!, [buildParticipant(`stranger ${index}`)]));
    }
    expect(state.participants.get(ids[0]!)!.size).toBeLessThanOrEqual(60);
    expect(state.participants.get(ids[0]!)!.has('bob')).toBe(true);
    expect(state.participants.get(ids[0]!)!.has('stranger 9999')).toBe(true);
  });
});
