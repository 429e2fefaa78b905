import type { Message } from '@parley/contract';
import { computed, shallowRef } from 'vue';

/** Messages that were chosen, oldest first. They stay chosen when their page is let go. */
export function useSelection() {
  const chosen = shallowRef<ReadonlyMap<string, Message>>(new Map());
  const messages = computed(() => [...chosen.value.values()].sort((a, b) => a.sequence - b.sequence));

  function toggle(message: Message): void {
    const next = new Map(chosen.value);
    if (!next.delete(message.id)) next.set(message.id, message);
    chosen.value = next;
  }

  function clear(): void {
    chosen.value = new Map();
  }

  /** What is gone cannot be chosen. */
  function drop(ids: readonly string[]): void {
    if (!ids.some((id) => chosen.value.has(id))) return;
    chosen.value = new Map([...chosen.value].filter(([id]) => !ids.includes(id)));
  }

  return {
    messages,
    isActive: computed(() => chosen.value.size > 0),
    has: (id: string) => chosen.value.has(id),
    toggle,
    clear,
    drop,
  };
}

export type Selection = ReturnType<typeof useSelection>;
