import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createScratch } from './scratch.ts';

test('what a killed process left is removed, and nothing of those that live', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  const [left, living] = [dead, process.ppid].map((pid) => join(tmpdir(), `parley-files-${pid}-test`)) as [
    string,
    string,
  ];
  for (const folder of [left, living]) mkdirSync(folder, { recursive: true });
  const scratch = createScratch();
  const folder = dirname(await scratch.fresh());
  expect([left, living, folder].map((one) => existsSync(one))).toEqual([false, true, true]);
  await scratch.close();
  expect(existsSync(folder)).toBe(false);
  rmSync(living, { recursive: true });
});
