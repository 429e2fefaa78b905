import type { User } from '@parley/contract';
import { type ComputedRef, computed } from 'vue';
import { useChats, useMe } from '../../realtime/views.ts';
import { inOrder } from './chat-order.ts';

/** Whom one has a chat with, the latest first. */
export function useKnownPeople(): ComputedRef<readonly User[]> {
  const chats = useChats();
  const me = useMe();
  return computed(() =>
    inOrder(chats.value)
      .map(({ peer }) => peer)
      .filter((peer): peer is User => peer !== undefined && peer.id !== me.value?.id && !peer.isBlocked),
  );
}
