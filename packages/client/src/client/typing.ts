import type { Store } from '../store/store.ts';

const repeatMs = 3_000;

/** Tells that one types, at most every few seconds; a stop is told once. */
export function createTyping(send: (frame: object) => boolean, now: () => number = Date.now) {
  const toldAt = new Map<string, number>();
  return (chatId: string, state: 'start' | 'stop' = 'start'): void => {
    const last = toldAt.get(chatId);
    if (state === 'start' && last !== undefined && now() - last < repeatMs) return;
    if (state === 'stop' && last === undefined) return;
    if (state === 'start') toldAt.set(chatId, now());
    else toldAt.delete(chatId);
    send({ type: 'typing', chatId, state });
  };
}

/** Forgets typers who fell silent. The returned function ends it. */
export function expireTyping(store: Store, now: () => number = Date.now): () => void {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  const sweep = (chatId: string): void => {
    const typers = store.state.typing.get(chatId);
    const silent = [...(typers ?? [])].filter(([, until]) => until <= now());
    for (const [userId] of silent) typers?.delete(userId);
    if (silent.length > 0) store.update(() => [{ part: 'typing', chatId }]);
    else watch(chatId);
  };

  const watch = (chatId: string): void => {
    clearTimeout(timers.get(chatId));
    timers.delete(chatId);
    const next = Math.min(...(store.state.typing.get(chatId)?.values() ?? []));
    if (Number.isFinite(next))
      timers.set(
        chatId,
        setTimeout(() => sweep(chatId), Math.max(0, next - now())),
      );
  };

  const unsubscribe = store.subscribe((change) => {
    if (change.part === 'typing') watch(change.chatId);
  });
  return () => {
    unsubscribe();
    for (const timer of timers.values()) clearTimeout(timer);
  };
}
