import { hash, verify } from '@node-rs/argon2';
import { expect, test } from 'vitest';
import { createPasswords } from './passwords.ts';

test('two at a time, a queue with an end, and places that are given back, also after a failure', async () => {
  const stored = await hash('right');
  let running = 0;
  let most = 0;
  const passwords = await createPasswords({
    hash,
    verify: async (_hash, given) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (given === 'broken') throw new Error('broken');
      return given === 'right';
    },
  });
  const ask = (count: number, password: string) =>
    Promise.allSettled(Array.from({ length: count }, () => passwords.verify(password, stored)));
  const outcomes = async (asked: ReturnType<typeof ask>) =>
    Object.entries(
      Object.groupBy(await asked, (result) =>
        result.status === 'fulfilled' ? 'done' : (result.reason.code ?? 'failed'),
      ),
    )
      .map(([name, all]) => `${all?.length} ${name}`)
      .toSorted();

  expect(await outcomes(ask(258, 'broken'))).toEqual(['258 failed']);
  expect(await outcomes(ask(300, 'right'))).toEqual(['258 done', '42 unavailable']);
  expect(await outcomes(ask(258, 'right'))).toEqual(['258 done']);
  expect(most).toBe(2);
});

test('a hash that is not there is never right, not even for the password it is compared with', async () => {
  let compared: unknown;
  const passwords = await createPasswords({
    hash,
    verify: (stored, given) => {
      compared = stored;
      return verify(stored, given).then(() => true);
    },
  });
  expect(await passwords.verify('anything', undefined)).toBe(false);
  expect(compared).toMatch(/^\$argon2id\$/);
});
