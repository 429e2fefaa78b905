import { ApiError } from '@parley/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { nextTick, shallowRef, triggerRef } from 'vue';
import { mount } from '../../testing/mount.ts';
import { useSession } from '../auth/session.ts';
import { useDrafts } from './drafts.ts';
import { readUnsaved } from './unsaved-drafts.ts';

beforeEach(() => {
  const items = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  });
  vi.useFakeTimers();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A tab of somebody who is signed in; `saveDraft` fails with what is given. */
function openTab(failure?: ApiError) {
  const signal = shallowRef();
  const state = { me: { id: 'me' } as { id: string } | undefined, chats: new Map() };
  const client = {
    onStatus: () => () => undefined,
    on: () => () => undefined,
    saveDraft: async () => {
      if (failure !== undefined) throw failure;
    },
  };
  const parley = { client, state, track: () => void signal.value, status: shallowRef('online') };
  const { result } = mount(() => ({ drafts: useDrafts(), session: useSession() }), parley);
  result.session.isSignedIn = true;
  const forget = async (): Promise<void> => {
    state.me = undefined;
    triggerRef(signal);
    await nextTick();
  };
  return { ...result, forget };
}

it('what was typed when the session ended is there after signing in again', async () => {
  const { drafts } = openTab(new ApiError('session_ended', 'over', { status: 401 }));
  drafts.set('c1', 'half a word');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(drafts.of('c1').content).toBe('half a word');
  expect(readUnsaved('me')).toEqual({ c1: { content: 'half a word' } });
});

it('what the server does not take is of no use', async () => {
  const { drafts } = openTab(new ApiError('not_found', 'gone', { status: 404 }));
  drafts.set('c1', 'half a word');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(readUnsaved('me')).toEqual({});
});

it('two tabs do not forget what the other one holds', () => {
  const [one, other] = [openTab(), openTab()];
  one.drafts.set('c1', 'in one');
  other.drafts.set('c2', 'in the other');
  one.drafts.set('c3', 'in one again');
  expect(Object.keys(readUnsaved('me'))).toEqual(['c1', 'c2', 'c3']);
});

it('whoever signs out leaves nothing behind; a state that is loaded anew is no signing out', async () => {
  const { drafts, session, forget } = openTab();
  drafts.set('c1', 'half a word');
  await forget();
  expect(Object.keys(readUnsaved('me'))).toEqual(['c1']);
  const { forget: leave, session: other } = openTab();
  other.isSignedIn = false;
  await leave();
  expect([readUnsaved('me'), session.isSignedIn]).toEqual([{}, true]);
});
