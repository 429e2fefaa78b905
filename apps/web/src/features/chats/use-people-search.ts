import { isPassing } from '@parley/client';
import type { User } from '@parley/contract';
import { type MaybeRefOrGetter, ref, shallowRef, toValue, watch } from 'vue';
import { useParley } from '../../realtime/parley.ts';

const pauseMs = 150;

/** People whose name begins with the text, asked for when the typing pauses. Without an answer the last ones stay. */
export function usePeopleSearch(text: MaybeRefOrGetter<string>) {
  const { client } = useParley();
  const people = shallowRef<readonly User[]>([]);
  const isSearching = ref(false);

  watch(
    () => toValue(text).trim(),
    async (wanted, _before, onCleanup) => {
      const ending = new AbortController();
      onCleanup(() => ending.abort());
      isSearching.value = wanted !== '';
      if (wanted === '') people.value = [];
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (ending.signal.aborted || wanted === '') return;
      const found = await find(wanted, ending.signal);
      if (ending.signal.aborted) return;
      if (found !== undefined) people.value = found;
      isSearching.value = false;
    },
    { immediate: true },
  );

  async function find(q: string, signal: AbortSignal): Promise<readonly User[] | undefined> {
    try {
      return (await client.http.call('users.search', { query: { q, limit: 20 }, signal })).items;
    } catch (error) {
      if (signal.aborted || isPassing(error)) return undefined;
      throw error;
    }
  }

  return { people, isSearching };
}
