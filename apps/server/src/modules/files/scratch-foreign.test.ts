import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createScratch } from './scratch.ts';

/** Root may remove everything; here it may not, as nobody else may. */
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const rm: typeof real.rm = async (path, options) => {
    if (String(path).endsWith('-foreign')) throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
    await real.rm(path, options);
  };
  return { ...real, rm };
});

test('what another user’s process has left stays, and is in nobody’s way', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  const left = join(tmpdir(), `parley-files-${dead}-foreign`);
  mkdirSync(left);
  const scratch = createScratch();
  expect(existsSync(dirname(await scratch.fresh()))).toBe(true);
  await scratch.close();
  rmSync(left, { recursive: true });
});
