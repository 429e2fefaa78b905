import type { Cache } from '../cache/cache.ts';
import { createMemoryCache } from '../cache/memory-cache.ts';
import { createClient } from '../client/client.ts';
import type { Client } from '../client/types.ts';
import { ApiError } from '../http/api-error.ts';
import { createMemoryStorage, type Storage } from '../storage/storage.ts';
import { createFlakyNetwork, type FlakyNetwork } from './flaky-network.ts';

/** What one browser keeps; its tabs share it. */
export interface Profile {
  storage: Storage;
  cache: Cache;
}

export const createProfile = (): Profile => ({ storage: createMemoryStorage(), cache: createMemoryCache() });

/** One tab of somebody, on a network that breaks. */
export interface Device {
  readonly name: string;
  readonly client: Client;
  readonly road: FlakyNetwork;
  /** What went wrong that should not: refusals are part of the game. */
  readonly faults: unknown[];
  start(): void;
  /** Reloads the page: what was not written to the cache by now is lost. */
  crash(): void;
  stop(): void;
}

export function createDevice(url: string, name: string, { storage, cache }: Profile): Device {
  const road = createFlakyNetwork();
  const faults: unknown[] = [];
  const note = (error: unknown): void => {
    if (!(error instanceof ApiError)) faults.push(error);
  };
  let run = 0;

  /** The cache as one run of the page reaches it: not any more after its end. */
  const cacheOf = (mine: number): Cache => ({
    ...cache,
    write: (batch) => (mine === run ? cache.write(batch) : new Promise(() => undefined)),
  });

  const open = (): Client =>
    createClient({ baseUrl: url, storage, cache: cacheOf(run), ...road, network: road.network, onError: note });

  let client = open();
  return {
    name,
    road,
    faults,
    get client() {
      return client;
    },
    start: () => void client.start().catch(note),
    crash() {
      run += 1;
      client.stop();
      client = open();
      this.start();
    },
    stop: () => client.stop(),
  };
}
