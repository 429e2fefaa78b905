import { afterEach, expect, it, vi } from 'vitest';
import { mount } from '../../testing/mount.ts';
import { useMessageSearch } from './use-message-search.ts';

afterEach(() => vi.useRealTimers());

it('more that is asked for twice at once comes once', async () => {
  vi.useFakeTimers();
  const pages = [{ items: ['a'], nextCursor: '1' }, { items: ['b'], nextCursor: '2' }, { items: ['c'] }];
  const search = async (_text: string, { cursor = '0' }: { cursor?: string }) => pages[Number(cursor)];
  const { result } = mount(() => useMessageSearch('word'), { client: { search } });
  await vi.advanceTimersByTimeAsync(1_000);
  await Promise.all([result.more(), result.more()]);
  expect(result.hits.value).toEqual(['a', 'b']);
  await result.more();
  expect([result.hits.value, result.hasMore()]).toEqual([['a', 'b', 'c'], false]);
});
