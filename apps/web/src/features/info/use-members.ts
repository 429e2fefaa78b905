import { isPassing } from '@parley/client';
import type { Participant } from '@parley/contract';
import { computed, ref, shallowRef, watch } from 'vue';
import { useParley } from '../../realtime/parley.ts';
import { bareName } from '../members/named.ts';
import { useMembersByName } from '../members/use-members-by-name.ts';
import { byRank } from './member-rights.ts';

const pageSize = 100;

/**
 * Who is in a chat, or those of them with such a name. Of small chats all are known and kept up to date; large ones are read page by
 * page.
 */
export function useMembers(chatId: () => string, name: () => string) {
  const { client, state, track } = useParley();
  const isNamed = computed(() => bareName(name()) !== '');
  const byName = useMembersByName(chatId, () => (isNamed.value ? name() : undefined), pageSize);
  const listed = shallowRef<readonly Participant[]>([]);
  const cursor = ref<string>();
  const isLoading = ref(false);

  const isWhole = computed(() => {
    track('participants', chatId());
    return state.fullMembers.has(chatId());
  });
  const everyone = computed<readonly Participant[]>(() => {
    track('participants', chatId());
    const known = state.participants.get(chatId());
    const people = isWhole.value
      ? [...(known?.values() ?? [])].sort(byRank)
      : listed.value.map((person) => known?.get(person.id) ?? person);
    return people.filter(({ isMember }) => isMember);
  });
  const members = computed(() => (isNamed.value ? byName.people.value : everyone.value));
  const hasMore = computed(() => !isNamed.value && !isWhole.value && cursor.value !== undefined);

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

  async function reload(): Promise<void> {
    byName.again();
    await load();
  }

  const { isSearching, isPartial } = byName;
  return { members, hasMore, isLoading, isSearching, isPartial, more: () => load(cursor.value), reload };
}
