import { ApiError, type Found, isPassing } from '@parley/client';
import type { MessageHit } from '@parley/contract';
import { type MaybeRefOrGetter, ref, shallowRef, toValue, watch } from 'vue';
import { useParley } from '../../realtime/parley.ts';

const pauseMs = 250;
const pageSize = 20;

/** Signs alone: nothing is found by them. */
const isWordless = (error: unknown): boolean => error instanceof ApiError && error.code === 'validation_error';

/** Messages with the words, of all chats or of one, the newest first; more of them when wanted. Without an answer the last ones stay. */
export function useMessageSearch(text: MaybeRefOrGetter<string>, chatId?: () => string) {
  const { client } = useParley();
  const hits = shallowRef<readonly MessageHit[]>([]);
  const cursor = ref<string>();
  const isSearching = ref(false);
  let ending = new AbortController();

  async function found(q: string, signal: AbortSignal, after: string | undefined): Promise<Found> {
    const place = { ...(chatId && { chatId: chatId() }), ...(after !== undefined && { cursor: after }) };
    try {
      return await client.search(q, { limit: pageSize, signal, ...place });
    } catch (error) {
      if (isWordless(error)) return { items: [] };
      throw error;
    }
  }

  async function ask(q: string, after?: string): Promise<void> {
    const { signal } = ending;
    try {
      const { items, nextCursor } = await found(q, signal, after);
      // Another answer to the same question has moved on already.
      if (signal.aborted || cursor.value !== after) return;
      hits.value = after === undefined ? items : [...hits.value, ...items];
      cursor.value = nextCursor;
    } catch (error) {
      if (!signal.aborted && !isPassing(error)) throw error;
    }
    if (!signal.aborted) isSearching.value = false;
  }

  watch(
    () => toValue(text).trim(),
    async (wanted, _before, onCleanup) => {
      onCleanup(() => ending.abort());
      ending = new AbortController();
      const { signal } = ending;
      isSearching.value = wanted !== '';
      cursor.value = undefined;
      if (wanted === '') hits.value = [];
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (!signal.aborted && wanted !== '') await ask(wanted);
    },
    { immediate: true },
  );

  const more = (): Promise<void> => ask(toValue(text).trim(), cursor.value);
  return { hits, isSearching, hasMore: () => cursor.value !== undefined, more };
}
