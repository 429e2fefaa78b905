import { isPassing } from '@parley/client';
import type { Participant } from '@parley/contract';
import { computed, ref, shallowRef, triggerRef, watch } from 'vue';
import { useParley } from '../../realtime/parley.ts';
import { createAnswers } from './answers.ts';
import { bareName, membersNamed } from './named.ts';

const pauseMs = 150;

/**
 * Members by the start of a name: those who are known at once, all others when the typing pauses. Undefined wants nobody. An answer
 * that comes when something else is wanted is dropped.
 */
export function useMembersByName(chatId: () => string, text: () => string | undefined, most: number) {
  const { client, state, track } = useParley();
  const answers = shallowRef(createAnswers(most));
  const isSearching = ref(false);
  /** Some may be missing: there was no answer. */
  const isPartial = ref(false);
  const wanted = computed(() => bareName(text() ?? '').toLocaleLowerCase());

  const people = computed<Participant[]>(() => {
    if (text() === undefined) return [];
    track('participants', chatId());
    const known = state.participants.get(chatId());
    const found = answers.value.of(wanted.value).map((person) => [person.id, person] as const);
    return membersNamed(new Map([...found, ...(known ?? [])]).values(), wanted.value);
  });

  const isEnough = (): boolean =>
    wanted.value === '' || state.fullMembers.has(chatId()) || answers.value.isEnough(wanted.value);

  async function ask(signal: AbortSignal): Promise<void> {
    isPartial.value = false;
    isSearching.value = !isEnough();
    if (!isSearching.value) return;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (signal.aborted) return;
    const start = wanted.value;
    try {
      answers.value.put(start, await client.searchMembers(chatId(), start, { limit: most, signal }));
      triggerRef(answers);
    } catch (error) {
      if (signal.aborted) return;
      if (!isPassing(error)) throw error;
      isPartial.value = true;
    }
    isSearching.value = false;
  }

  /** Forgets who was found. */
  function again(): void {
    answers.value = createAnswers(most);
  }

  watch(chatId, again);
  watch(
    [chatId, wanted, answers],
    (_now, _before, onCleanup) => {
      const ending = new AbortController();
      onCleanup(() => ending.abort());
      void ask(ending.signal);
    },
    { immediate: true },
  );

  return { people, isSearching, isPartial, again };
}
