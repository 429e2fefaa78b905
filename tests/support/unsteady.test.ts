import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from './server.ts';

const config = `
import { unsteadyReporter } from ${JSON.stringify(join(root, 'tests/support/unsteady.ts'))};
export default {
  test: { globals: true, retry: 1, include: ['*.mjs'], exclude: ['vitest.config.mjs'], reporters: [unsteadyReporter()] },
};
`;
/** Fails so many times, then passes. */
const testThatFails = (name: string, times: number): string => `
test('${name}', ({ task }) => {
  if ((task.result.retryCount ?? 0) < ${times}) throw new Error('too late for ${name}');
});
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-unsteady-'));
  await writeFile(join(folder, 'vitest.config.mjs'), config);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A run of its own over these tests: its exit code and the lines of the reporter. */
async function run(...tests: string[]): Promise<{ code: number; lines: string[] }> {
  await writeFile(join(folder, 'some.mjs'), tests.join(''));
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [vitest, 'run', '--root', folder], { cwd: root }, (_error, stdout) =>
      resolve({ code: child.exitCode ?? -1, lines: stdout.split('\n').filter((line) => line !== '') }),
    );
  });
}

test('a test that passes at its second try is named, with what was wrong, and the run passes', async () => {
  const { code, lines } = await run(testThatFails('steady', 0), testThatFails('once', 1));
  expect(lines).toEqual([expect.stringMatching(/^unsteady: .*some\.mjs > once: too late for once$/)]);
  expect(code).toBe(0);
});

test('a test that fails twice fails the run and is not called unsteady', async () => {
  const { code, lines } = await run(testThatFails('twice', 2));
  expect(lines.filter((line) => line.startsWith('unsteady'))).toEqual([]);
  expect(code).toBe(1);
});

test.for([
  [3, 0],
  [4, 1],
])('%i tests that needed a second try end the run with %i', async ([count, expected]) => {
  const names = Array.from({ length: count! }, (_, index) => `late ${index}`);
  const { code, lines } = await run(...names.map((name) => testThatFails(name, 1)));
  expect(lines.filter((line) => line.startsWith('unsteady'))).toHaveLength(count!);
  expect(code).toBe(expected);
});
