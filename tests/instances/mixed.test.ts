import { expect, inject, test } from 'vitest';
import { createRandom } from '../support/random.ts';
import { runMixed } from './mixed-run.ts';

test('clients on mixed doors of two instances end with exactly the log, whatever is killed', async () => {
  const counts = await runMixed({
    postgresUrl: inject('postgresUrl'),
    clients: 40,
    chats: 4,
    rate: 20,
    seconds: 18,
    random: createRandom('instances, mixed'),
    print: (line) => console.log(line),
  });
  console.log(counts);
  expect(counts.surprises).toEqual([]);
  expect(counts.wrong).toEqual([]);
  expect(counts).toMatchObject({ lost: 0, doubled: 0, taken: counts.expected });
  expect(counts.acknowledged).toBeGreaterThan(100);
  expect(counts.reconnections).toBeGreaterThan(20);
});
