import { expect, it } from 'vitest';
import type { Call } from '../http/route-types.ts';
import { createStore } from '../store/store.ts';
import { buildSettings } from '../testing/build.ts';
import { createActions } from './actions.ts';

it('settings that are changed twice at once end as they were changed last', async () => {
  const store = createStore();
  const answered: string[] = [];
  /** The first request is the slower one. */
  const call = (async (_route: string, { body }: { body: { theme: 'light' | 'dark' } }) => {
    if (body.theme === 'light') await new Promise((resolve) => setTimeout(resolve, 20));
    answered.push(body.theme);
    return buildSettings({ theme: body.theme });
  }) as unknown as Call;
  const unused = (): never => {
    throw new Error('not asked for');
  };
  const actions = createActions({
    call,
    store,
    reads: { mark: unused } as never,
    queues: unused,
    typing: unused,
    watch: unused,
  });
  await Promise.all([actions.updateSettings({ theme: 'light' }), actions.updateSettings({ theme: 'dark' })]);
  expect(answered).toEqual(['light', 'dark']);
  expect(store.state.settings?.theme).toBe('dark');
});
