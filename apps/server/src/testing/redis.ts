import type { TestProject } from 'vitest/node';
// By its path: the names of packages lead to their sources only inside of tests.
import { startRedisServer } from '../../../../packages/realtime/src/testing/index.ts';

/** One Redis for a whole test run. Suites that stop or kill theirs start their own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startRedisServer();
  project.provide('redisUrl', server.url);
  return server.stop;
}
