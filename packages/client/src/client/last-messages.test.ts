import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { networkError } from '../http/api-error.ts';
import { putChat, putLast } from '../store/chats.ts';
import { createStore } from '../store/store.ts';
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
  const lastMessages = createLastMessages(store, { load, isOnline: () => server.isOnline, onError: () => undefined });
  const erase = (sequence: number): void => {
    const payload = { chatId: 'c1', messageId: `m${sequence}`, sequence, forEveryone: true as const, deletedAt: at(9) };
    store.apply({ name: 'message.deleted', payload });
  };
  const last = () => store.state.chats.get('c1')!.lastMessage;
  return { loads, server, lastMessages, erase, last };
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
