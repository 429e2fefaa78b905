import { existsSync, mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startServer } from './server.ts';
import { until } from './until.ts';

/** The data folder that a first start with `--demo` leaves behind, made once in a run: to be copied, not used. */
export async function demoFolder(): Promise<string> {
  const shared = process.env.PARLEY_TESTS_SHARED;
  if (shared === undefined) throw new Error('tests/support/prepare.ts has not run');
  const dataDir = join(shared, 'demo');
  const isMade = join(shared, 'demo-is-made');
  if (claims(join(shared, 'demo-is-claimed'))) {
    const server = await startServer({ dataDir, args: ['--demo'] });
    await server.stop();
    await writeFile(isMade, '');
  }
  await until(() => existsSync(isMade), 'the demo is made', 60_000);
  return dataDir;
}

/** Whoever makes the folder is the one. */
function claims(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
