import type { Chat } from '@parley/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { networkError } from '../http/api-error.ts';
import { putChat, putLast, setChat } from '../store/chats.ts';
import { createStore } from '../store/store.ts';
import { putReceipts } from '../store/windows.ts';
import { at, buildChat, buildMessage } from '../testing/build.ts';
import { createLastMessages } from './last-messages.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function build(memberCount = 2) {
  const store = createStore();
  store.update((state) => putChat(state, buildChat({ memberCount })));
  const loads: string[] = [];
  const server = { isOnline: true, fails: false, lastMessage: buildMessage(4) };
  const load = async (chatId: string): Promise<void> => {
    loads.push(chatId);
    if (server.fails) throw networkError();
    store.update((state) => putLast(state, buildChat({ lastMessage: server.lastMessage })));
  };
  const asked: string[] = [];
  const receipts = async (chatId: string): Promise<void> => {
    asked.push(chatId);
    store.update((state) => putReceipts(state, chatId, []));
  };
  const lastMessages = createLastMessages(
    store,
    { lastMessage: load, receipts },
    { isOnline: () => server.isOnline, onError: () => undefined },
  );
  const erase = (sequence: number): void => {
    const payload = { chatId: 'c1', messageId: `m${sequence}`, sequence, forEveryone: true as const, deletedAt: at(9) };
    store.apply({ name: 'message.deleted', payload });
  };
  const last = () => store.state.chats.get('c1')!.lastMessage;
  return { store, loads, asked, server, lastMessages, erase, last };
}

describe('the newest message that is left', () => {
  it('is asked for when it is not known, once', async () => {
    const { loads, erase, last } = build();
    erase(3);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(loads).toEqual([]);
    erase(5);
    await vi.advanceTimersByTimeAsync(100);
    expect([last()!.id, loads.length]).toEqual(['m4', 1]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(loads).toHaveLength(1);
  });

  it('is asked for again while the answer is one that is gone', async () => {
    const { loads, server, erase, last } = build();
    server.lastMessage = buildMessage(4, { deletedAt: at(9), content: '' });
    erase(5);
    await vi.advanceTimersByTimeAsync(500);
    server.lastMessage = buildMessage(3);
    await vi.advanceTimersByTimeAsync(1_500);
    expect([last()!.id, loads.length]).toEqual(['m3', 2]);
  });

  it('is asked for once the server can be reached', async () => {
    const { loads, server, lastMessages, erase, last } = build();
    server.isOnline = false;
    erase(5);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(loads).toEqual([]);
    Object.assign(server, { isOnline: true, fails: true });
    lastMessages.askAll();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(loads.length).toBeGreaterThan(0);
    server.fails = false;
    await vi.advanceTimersByTimeAsync(1_500);
    expect(last()!.id).toBe('m4');
  });

  it('is asked whether others have read it where it is one’s own, once', async () => {
    const { loads, asked, server, erase } = build();
    server.lastMessage = buildMessage(4, { senderId: 'me' });
    erase(5);
    await vi.advanceTimersByTimeAsync(5_000);
    expect([loads, asked]).toEqual([['c1'], ['c1']]);
  });

  it.each<[string, Partial<Chat>]>([
    ['the newest', { lastMessage: buildMessage(5, { senderId: 'me' }) }],
    ['in a channel', { type: 'channel' }],
    ['a note to oneself', { memberCount: 1 }],
    ['somebody else’s', { lastMessage: buildMessage(4) }],
    ['of service', { lastMessage: buildMessage(4, { senderId: 'me', messageType: 'system' }) }],
  ])('is not asked for that where it is %s', async (_, change) => {
    const { store, asked, lastMessages } = build();
    const lastMessage = buildMessage(4, { senderId: 'me' });
    store.update((state) => setChat(state, buildChat({ lastMessage, ...change })));
    lastMessages.askAll();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked).toEqual([]);
  });

  it('is not asked for by all members of a large chat at once', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const { loads, erase } = build(4_000);
    erase(5);
    await vi.advanceTimersByTimeAsync(1_900);
    expect(loads).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(loads).toEqual(['c1']);
    vi.restoreAllMocks();
  });
});
