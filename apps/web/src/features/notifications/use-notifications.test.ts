import type { ChatState } from '@parley/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { mount } from '../../testing/mount.ts';

vi.mock('vue-router', () => ({ useRouter: () => ({ resolve: () => ({ fullPath: '/app/c/c1' }) }) }));

const shown: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('document', { visibilityState: 'hidden', addEventListener: () => undefined });
  vi.stubGlobal(
    'Notification',
    class extends EventTarget {
      static permission = 'granted';
      constructor(_title: string, { body }: { body: string }) {
        super();
        shown.push(body);
      }
    },
  );
});
afterEach(() => {
  shown.length = 0;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A tab that nobody looks at. */
async function open() {
  const { useNotifications } = await import('./use-notifications.ts');
  type Told = { message: object };
  let tell: ((told: Told, meta: { isOwn: boolean }) => void) | undefined;
  const client = {
    on: (_: string, handler: typeof tell) => {
      tell = handler;
      return () => undefined;
    },
  };
  const chat = { id: 'c1', type: 'direct', title: 'Bob', readSequence: 4, isArchived: false } as ChatState;
  const state = { chats: new Map([['c1', chat]]), participants: new Map(), me: undefined, settings: undefined };
  const { leave } = mount(useNotifications, { client, state, track: () => undefined });
  const message = { chatId: 'c1', sequence: 5, content: 'hello', sentAt: new Date().toISOString() };
  return {
    come: () => tell?.({ message }, { isOwn: false }),
    read: () => void state.chats.set('c1', { ...chat, readSequence: 5 }),
    leave,
  };
}

it('a message is told of a moment after it came', async () => {
  const { come } = await open();
  come();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(shown).toEqual(['hello']);
});

it('what is read meanwhile in another tab is not told, nor is anything once somebody signed out', async () => {
  const { come, read, leave } = await open();
  come();
  read();
  await vi.advanceTimersByTimeAsync(5_000);
  const next = await open();
  next.come();
  next.leave();
  leave();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(shown).toEqual([]);
});
