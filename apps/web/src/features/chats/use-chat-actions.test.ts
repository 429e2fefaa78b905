import { ApiError, type ChatState } from '@parley/client';
import { expect, it, vi } from 'vitest';
import { mount } from '../../testing/mount.ts';
import { useChatActions } from './use-chat-actions.ts';

vi.mock('vue-router', () => ({ useRoute: () => ({ params: {} }), useRouter: () => ({}) }));

const chatOf = (change: Partial<ChatState> = {}): ChatState =>
  ({ id: 'c1', isPinned: false, isArchived: false, ...change }) as ChatState;

/** A server that answers when it is told to. */
function build() {
  const asked: { name: string; answer(error?: Error): void }[] = [];
  const call = (name: string): Promise<void> =>
    new Promise((resolve, reject) => {
      asked.push({ name, answer: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  const state = { chats: new Map([['c1', chatOf()]]) };
  const client = { http: { call }, store: { update: (edit: () => unknown) => edit() } };
  const { result } = mount(useChatActions, { client, state });
  return { actions: result, asked, shown: () => state.chats.get('c1')! };
}

it('a chat that is filed twice at once ends as it was filed last', async () => {
  const { actions, asked, shown } = build();
  const first = actions.togglePin(shown());
  const second = actions.togglePin(shown());
  expect([shown().isPinned, asked.map(({ name }) => name)]).toEqual([false, ['chats.pin']]);
  asked[0]?.answer();
  await first;
  expect(asked.map(({ name }) => name)).toEqual(['chats.pin', 'chats.unpin']);
  asked[1]?.answer();
  await second;
});

it('what is refused is taken back, and nothing else with it', async () => {
  const { actions, asked, shown } = build();
  const muting = actions.toggleMute(shown());
  const pinning = actions.togglePin(shown());
  asked[0]?.answer(new ApiError('internal', 'no'));
  await muting;
  expect(shown()).toMatchObject({ isPinned: true });
  expect(shown().mutedUntil).toBeUndefined();
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  asked[1]?.answer();
  await pinning;
});
