import { ApiError, isPassing } from '@parley/client';
import { onBeforeUnmount, ref, watch } from 'vue';
import { useParley } from '../../realtime/parley.ts';
import { useMe } from '../../realtime/views.ts';

const retryMs = 2_000;
/** With more than this unread, the page around the first of them is loaded instead of the newest. */
const nearMessages = 40;

/** Loads what the chat needs, as soon as that can be done, and lets go of it in the end. */
export function useOpenChat(chatId: string, wantedSequence: () => number | undefined) {
  const { client, state, status } = useParley();
  const me = useMe();
  const isOpen = ref(false);
  const isGone = ref(false);
  /** Up to where it was read on opening, if there was something unread. */
  const unreadAfter = ref<number>();
  let retry: ReturnType<typeof setTimeout> | undefined;
  let isLeft = false;

  const around = (): number | undefined => {
    const chat = state.chats.get(chatId);
    const wanted = wantedSequence();
    if (wanted !== undefined || chat === undefined) return wanted;
    return chat.unreadCount > nearMessages ? chat.readSequence + 1 : undefined;
  };

  function noteUnread(): void {
    const chat = state.chats.get(chatId);
    if (chat !== undefined && chat.unreadCount > 0) unreadAfter.value ??= chat.readSequence;
  }

  async function load(): Promise<void> {
    const sequence = around();
    await client.openChat(chatId, sequence === undefined ? {} : { around: sequence });
    // What was kept may be the place of an earlier jump.
    if (sequence === undefined) await client.loadNewest(chatId);
  }

  async function open(): Promise<void> {
    clearTimeout(retry);
    if (isOpen.value || me.value === undefined) return;
    noteUnread();
    try {
      await load();
      noteUnread();
      isOpen.value = true;
    } catch (error) {
      // Nobody looks any more.
      if (isLeft) return;
      if (isPassing(error)) retry = setTimeout(open, retryMs);
      else if (error instanceof ApiError) isGone.value = true;
      else throw error;
    }
  }

  watch([() => me.value !== undefined, status], open, { immediate: true });
  onBeforeUnmount(() => {
    isLeft = true;
    clearTimeout(retry);
    client.closeChat(chatId);
  });

  return { isOpen, isGone, unreadAfter };
}
