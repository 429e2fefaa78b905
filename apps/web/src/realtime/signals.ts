import type { Change, Store } from '@parley/client';
import { type ShallowRef, shallowRef, triggerRef } from 'vue';

type Part = Change['part'];

/** The notices of the store as things that Vue can depend on. */
export interface Signals {
  /** Whoever computes with this runs again when the part changes: that of one chat or person, or of any. */
  track(part: Part, id?: string): void;
}

const keyOf = (part: Part, id: string | undefined): string => (id === undefined ? part : `${part} ${id}`);

const idOf = (change: Change): string | undefined =>
  'chatId' in change ? change.chatId : 'userId' in change ? change.userId : undefined;

/**
 * One signal for each part of each chat, made when somebody first looks. The state itself stays plain: its values are replaced,
 * never changed, so that a component runs again only when the very thing it shows changed.
 */
export function createSignals(store: Pick<Store, 'subscribe'>): Signals {
  const signals = new Map<string, ShallowRef<undefined>>();

  const fire = (key: string): void => {
    const signal = signals.get(key);
    if (signal !== undefined) triggerRef(signal);
  };

  store.subscribe((change) => {
    if (change.part === 'all') {
      for (const key of [...signals.keys()]) fire(key);
      return;
    }
    const id = idOf(change);
    fire(change.part);
    if (id !== undefined) fire(keyOf(change.part, id));
  });

  return {
    track(part, id) {
      const key = keyOf(part, id);
      let signal = signals.get(key);
      if (signal === undefined) {
        signal = shallowRef(undefined);
        signals.set(key, signal);
      }
      void signal.value;
    },
  };
}
