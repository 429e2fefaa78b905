import { hasRedisServer, startRedisServer } from '@parley/realtime/testing';
import { benchIdle } from './idle.ts';
import { keep } from './programs.ts';
import { benchChurn } from './realtime/churn.ts';
import { benchCrowds } from './realtime/crowds.ts';
import { benchInstances } from './realtime/instances.ts';
import { full, small } from './realtime/sizes.ts';
import { benchStorm } from './realtime/storm.ts';

/** The realtime layer beside its peers. `--small` shows within a minute that everything runs; its figures say little. */
export async function benchRealtime({ isSmall = false } = {}): Promise<void> {
  const sizes = isSmall ? small : full;
  const redis = await startRedis();
  await benchCrowds(sizes, redis?.url);
  await benchChurn(sizes, redis?.url);
  await benchStorm(sizes);
  if (redis !== undefined) await benchInstances(sizes, redis.url);
  await redis?.stop();
  await benchIdle(sizes.idle);
}

async function startRedis() {
  if (hasRedisServer()) return keep(await startRedisServer());
  console.log('skipped: everything over Redis, and the cost of instances (no redis-server is installed)');
  return undefined;
}
