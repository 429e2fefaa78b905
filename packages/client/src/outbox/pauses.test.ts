import { expect, it } from 'vitest';
import { createPauses } from './pauses.ts';

it('a pause is over at once where there is nothing left to wait for', async () => {
  const ending = new AbortController();
  ending.abort();
  let isOver = false;
  void createPauses()
    .wait(60_000, ending.signal)
    .then(() => {
      isOver = true;
    });
  await Promise.resolve();
  await Promise.resolve();
  expect(isOver).toBe(true);
});
