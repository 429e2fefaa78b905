import { computed, ref, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useGoBack } from '../../platform/go-back.ts';
import { useLayer } from '../../platform/layers.ts';
import { useChats } from '../../realtime/views.ts';
import { sameIds } from './chat-order.ts';
import { type Folder, listOf, neighbourOf } from './list-of.ts';

/** Which chats the list shows: an open chat stays beside the list it was opened from. */
export function useFolder() {
  const route = useRoute();
  const router = useRouter();
  const goBack = useGoBack();
  const chats = useChats();
  const folder = ref<Folder>('main');
  /** The archive beside a page that was open before it. */
  const isBeside = ref(false);
  const openId = computed(() => (typeof route.params.chatId === 'string' ? route.params.chatId : undefined));

  const ids = computed<readonly string[]>((before) => sameIds(before, listOf(chats.value, folder.value)));
  const archivedCount = computed(() => chats.value.filter(({ isArchived }) => isArchived).length);

  watch(
    () => route.name,
    (name) => {
      if (name === 'archived') folder.value = 'archive';
      else if (name === 'chats') folder.value = 'main';
      if (name === 'archived' || name === 'chats') isBeside.value = false;
    },
    { immediate: true },
  );
  useLayer(() => isBeside.value, showMain);

  function showArchive(): void {
    if (!route.meta.isDetail) return void router.push({ name: 'archived' });
    isBeside.value = true;
    folder.value = 'archive';
  }

  /** What is open stays open. */
  function showMain(): void {
    if (!route.meta.isDetail) return void goBack({ name: 'chats' });
    isBeside.value = false;
    folder.value = 'main';
  }

  function openNeighbour(step: 1 | -1): void {
    const chatId = neighbourOf(ids.value, openId.value, step);
    if (chatId !== undefined) void router.push({ name: 'chat', params: { chatId } });
  }

  return { folder, ids, openId, archivedCount, showArchive, showMain, openNeighbour };
}
