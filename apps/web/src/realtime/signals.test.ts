import { type Change, createStore } from '@parley/client';
import { describe, expect, it } from 'vitest';
import { computed } from 'vue';
import { createSignals } from './signals.ts';

const tell = (store: ReturnType<typeof createStore>, ...changes: Change[]): void => store.update(() => changes);

/** How often each of the looks was computed anew since the last time it was asked. */
function buildLooks() {
  const store = createStore();
  const { track } = createSignals(store);
  const look = (...args: Parameters<typeof track>) => {
    let runs = 0;
    const seen = computed(() => {
      track(...args);
      runs += 1;
      return runs;
    });
    return (): number => {
      const before = runs;
      void seen.value;
      return runs - before;
    };
  };
  return { store, look };
}

describe('signals', () => {
  it('run again for the chat that changed, and for whoever looks at all of them', () => {
    const { store, look } = buildLooks();
    const [one, other, all, typing] = [look('chat', 'a'), look('chat', 'b'), look('chat'), look('typing', 'a')];
    const counts = () => [one(), other(), all(), typing()];
    expect(counts()).toEqual([1, 1, 1, 1]);
    tell(store, { part: 'chat', chatId: 'a' });
    expect(counts()).toEqual([1, 0, 1, 0]);
    tell(store, { part: 'typing', chatId: 'a' }, { part: 'typing', chatId: 'a' });
    expect(counts()).toEqual([0, 0, 0, 1]);
    expect(counts()).toEqual([0, 0, 0, 0]);
  });

  it('all run again when everything is new', () => {
    const { store, look } = buildLooks();
    const looks = [look('me'), look('presence', 'x'), look('messages', 'a')];
    const counts = () => looks.map((ask) => ask());
    counts();
    tell(store, { part: 'all' });
    expect(counts()).toEqual([1, 1, 1]);
    tell(store, { part: 'presence', userId: 'x' });
    expect(counts()).toEqual([0, 1, 0]);
  });
});
