import { expect, test } from 'vitest';
import { createRandom } from '../support/random.ts';
import { runPipeline } from './pipeline/run.ts';

test('what was acknowledged is stored once, in order, and told to everyone, whatever is killed, stopped or cut off', async () => {
  const { counts, broken, healing } = await runPipeline({
    random: createRandom('pipeline, small'),
    seconds: 30,
    print: (line) => console.log(line),
  });
  console.log(counts);
  expect(broken).toEqual([]);
  expect(counts).toMatchObject({
    lost: 0,
    doubled: 0,
    outOfOrder: 0,
    holes: 0,
    strange: 0,
    stored: counts.acknowledged,
  });
  expect(counts.delivered).toBe(counts.expected);
  expect(counts.acknowledged).toBeGreaterThan(100);
  expect(healing.length).toBeGreaterThan(0);
});
