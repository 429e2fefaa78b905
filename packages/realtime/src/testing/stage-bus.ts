import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { createMemoryBus } from '../bus/memory.ts';
import { createHub } from '../hub/hub.ts';
import { createRedisBus, parseRedisUrl } from '../redis.ts';
import type { Bus, HubEvent, TopicLog } from '../types.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of a Redis for the whole run, where it has one. */
    redisUrl: string | undefined;
  }
}

export interface StageBus {
  bus: Bus;
  /** Where everything that happens on the stage is told. Undefined: on the stage's own hub. */
  publish?: (event: HubEvent) => void;
  close(): Promise<void>;
}

/** In process; or, in a run that has a Redis, with another instance beside, on which everything happens. */
export async function connectStage(log: TopicLog): Promise<StageBus> {
  const url = inject('redisUrl');
  if (url === undefined) {
    const bus = createMemoryBus();
    return { bus, close: bus.close };
  }
  const stageId = randomUUID();
  const target = parseRedisUrl(url);
  const channelOf = (topic: string): string => `${stageId}:${topic}`;
  const [bus, far] = [createRedisBus({ target, channelOf }), createRedisBus({ target, channelOf })];
  const elsewhere = createHub({ bus: far, log });
  while (!bus.isHealthy() || !far.isHealthy()) await new Promise((resolve) => setTimeout(resolve, 5));
  return {
    bus,
    publish: elsewhere.publish,
    async close() {
      elsewhere.close();
      await Promise.all([bus.close(), far.close()]);
    },
  };
}
