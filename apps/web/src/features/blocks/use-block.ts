import type { User } from '@parley/contract';
import { computed, onBeforeUnmount, shallowRef, watch } from 'vue';
import { useParley } from '../../realtime/parley.ts';
import { useChatActions } from '../chats/use-chat-actions.ts';

/** Whether one has blocked a person, kept up to date, and the way to change it. */
export function useBlock(user: () => Pick<User, 'id' | 'isBlocked'>) {
  const { client } = useParley();
  const { attempt } = useChatActions();
  const changed = shallowRef<boolean>();
  const isBlocked = computed(() => changed.value ?? user().isBlocked === true);

  const forget = client.on('block.updated', (event) => {
    if (event.userId === user().id) changed.value = event.isBlocked;
  });
  onBeforeUnmount(forget);
  watch(
    () => [user().id, user().isBlocked],
    () => {
      changed.value = undefined;
    },
  );

  async function set(wanted: boolean): Promise<void> {
    const params = { userId: user().id };
    const isDone = await attempt(() => client.http.call(wanted ? 'blocks.add' : 'blocks.remove', { params }));
    if (isDone) changed.value = wanted;
  }

  return { isBlocked, set };
}
