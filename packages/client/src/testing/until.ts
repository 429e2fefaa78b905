import { expect } from 'vitest';

/** Waits for what comes by itself; fails when it does not come within ten seconds. */
export async function until(is: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!is()) {
    if (Date.now() > end) expect.fail('it never came to that');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
