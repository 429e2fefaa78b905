import { onScopeDispose } from 'vue';

/** Takes the answer to what was asked last, as long as whoever asked is there: an earlier answer that comes later is dropped. */
export function useLastAnswer() {
  let asked = 0;
  onScopeDispose(() => {
    asked += 1;
  });
  return async function ask<T>(question: () => Promise<T>, take: (answer: T) => unknown): Promise<void> {
    asked += 1;
    const mine = asked;
    const answer = await question();
    if (mine === asked) await take(answer);
  };
}
