import { ApiError } from '@parley/client';
import { afterEach, expect, it, vi } from 'vitest';
import { shallowRef } from 'vue';
import { mount } from '../../testing/mount.ts';
import { useOpenChat } from './use-open-chat.ts';

afterEach(() => vi.useRealTimers());

const build = () => {
  const answers: ((error?: unknown) => void)[] = [];
  const openChat = vi.fn(() => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    answers.push((error) => (error === undefined ? resolve() : reject(error)));
    return promise;
  });
  const state = { me: { id: 'me' }, chats: new Map() };
  const client = { openChat, loadNewest: async () => undefined, closeChat: vi.fn() };
  return { answers, client, parley: { client, state, track: () => undefined, status: shallowRef('online') } };
};

it('a chat that could not be opened is tried again, and not any more once it was left', async () => {
  vi.useFakeTimers();
  const { answers, client, parley } = build();
  const { leave } = mount(() => useOpenChat('c1', () => undefined), parley);
  answers[0]?.(new ApiError('network', 'cut'));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(client.openChat).toHaveBeenCalledTimes(2);
  leave();
  answers[1]?.(new ApiError('network', 'cut'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(client.openChat).toHaveBeenCalledTimes(2);
});
