import { isPassing } from '@parley/client';
import type { Participant } from '@parley/contract';
import { computed, ref, shallowRef, watch } from 'vue';
import { useParley } from '../../realtime/parley.ts';
import { byRank } from './member-rights.ts';

const pageSize = 100;

/** Who is in a chat. Of small chats all are known and kept up to date; large ones are read page by page. */
export function useMembers(chatId: () => string) {
  const { client, state, track } = useParley();
  const listed = shallowRef<readonly Participant[]>([]);
  const cursor = ref<string>();
  const isLoading = ref(false);

  const isWhole = computed(() => {
    track('participants', chatId());
    return state.fullMembers.has(chatId());
  });
  const members = computed<readonly Participant[]>(() => {
    track('participants', chatId());
    const known = state.participants.get(chatId());
    const people = isWhole.value
      ? [...(known?.values() ?? [])].sort(byRank)
      : listed.value.map((person) => known?.get(person.id) ?? person);
    return people.filter(({ isMember }) => isMember);
  });
  const hasMore = computed(() => !isWhole.value && cursor.value !== undefined);

  async function load(after?: string): Promise<void> {
    isLoading.value = true;
    try {
      const query = { limit: pageSize, ...(after === undefined ? {} : { cursor: after }) };
      const { items, nextCursor } = await client.http.call('members.list', { params: { chatId: chatId() }, query });
      listed.value = after === undefined ? items : [...listed.value, ...items];
      cursor.value = nextCursor;
    } catch (error) {
      // The list stays as it is; the button asks again.
      if (!isPassing(error)) throw error;
    } finally {
      isLoading.value = false;
    }
  }

  watch(isWhole, (whole) => void (whole || load()), { immediate: true });

  return { members, hasMore, isLoading, more: () => load(cursor.value), reload: () => load() };
}
