import { computed, onBeforeUnmount, ref, watch } from 'vue';
import { useRoute } from 'vue-router';
import { useQueryFlag } from '../../platform/query-flag.ts';

/** Where there is room for it beside the conversation. */
const roomy = '(width >= 1100px)';

/** What stands beside an open chat, as the address says. */
export function useSide() {
  const route = useRoute();
  const info = useQueryFlag('info');
  const find = useQueryFlag('find');
  const media = matchMedia(roomy);
  const hasRoom = ref(media.matches);

  const chatId = computed(() => (typeof route.params.chatId === 'string' ? route.params.chatId : ''));
  const side = computed(() => {
    if (chatId.value === '') return undefined;
    if (find.value.value !== undefined) return 'find' as const;
    return info.value.value === undefined ? undefined : ('info' as const);
  });
  /** The conversation is behind it and out of reach. */
  const isCovering = computed(() => side.value !== undefined && !hasRoom.value);

  const close = (): Promise<void> => (side.value === 'find' ? find : info).close();

  /** However it was closed, the focus goes back to what opened it, unless it is somewhere by now. */
  watch(
    side,
    (now, before) => {
      const isNowhere = document.activeElement === null || document.activeElement === document.body;
      if (now === undefined && isNowhere) document.querySelector<HTMLElement>(`[data-opens="${before}"]`)?.focus();
    },
    { flush: 'post' },
  );

  const onMedia = (): void => {
    hasRoom.value = media.matches;
  };
  media.addEventListener('change', onMedia);
  onBeforeUnmount(() => media.removeEventListener('change', onMedia));

  return { chatId, side, isCovering, close };
}
