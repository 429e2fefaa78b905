import { type Core, createTopic, type Topic } from './core.ts';
import type { Repair } from './repair.ts';

export const HEADS_CHUNK = 5000;
/** A bus that does not answer a subscribe in this time does not hold readers up: the sweep delivers meanwhile. */
const BUS_WAIT_MS = 2000;

interface Batch {
  topics: Topic[];
  done: Promise<void>;
}

/**
 * Makes topics hot: bus first, head second, so that nothing falls between. What the bus brings in between waits.
 * Requests that arrive while a batch is under way share the next one.
 */
export function createWarming(core: Core, repair: Repair) {
  let next: Batch | undefined;
  let running: Promise<void> = Promise.resolve();
  const batchOf = new Map<Topic, Batch>();

  async function ensure(names: readonly string[]): Promise<void> {
    let batches: Set<Batch> | undefined;
    for (const name of names) {
      const topic = touch(name);
      if (topic.hot) continue;
      batches ??= new Set();
      batches.add(batchOf.get(topic) ?? enqueue(topic));
    }
    if (batches !== undefined) await Promise.all(Array.from(batches, (batch) => batch.done));
  }

  function touch(name: string): Topic {
    let topic = core.topics.get(name);
    if (topic === undefined) {
      topic = createTopic(name, core.now());
      core.topics.set(name, topic);
    } else {
      topic.emptySince = core.now();
    }
    return topic;
  }

  function enqueue(topic: Topic): Batch {
    next ??= startBatch();
    next.topics.push(topic);
    batchOf.set(topic, next);
    return next;
  }

  function startBatch(): Batch {
    const batch: Batch = { topics: [], done: Promise.resolve() };
    batch.done = running.then(() => {
      next = undefined;
      return warm(batch.topics);
    });
    running = batch.done.catch(() => {});
    return batch;
  }

  async function warm(topics: readonly Topic[]): Promise<void> {
    try {
      for (let start = 0; start < topics.length; start += HEADS_CHUNK) {
        await warmChunk(topics.slice(start, start + HEADS_CHUNK));
      }
    } catch (error) {
      const cold = topics.filter((topic) => !topic.hot);
      for (const topic of cold) core.topics.delete(topic.name);
      core.bus.unsubscribe(cold.map((topic) => topic.name));
      throw error;
    } finally {
      for (const topic of topics) batchOf.delete(topic);
    }
  }

  async function warmChunk(topics: readonly Topic[]): Promise<void> {
    const names = topics.map((topic) => topic.name);
    await subscribeToBus(core, names);
    const { epoch, offsets } = await core.log.heads(names);
    core.warmings += 1;
    for (const topic of topics) {
      const offset = offsets.get(topic.name) ?? 0;
      Object.assign(topic, { hot: true, warmedAt: core.warmings, epoch, offset });
      repair.drain(topic);
    }
  }

  return { ensure };
}

/** A bus that is away takes the interest and subscribes when it is back; the log delivers until then. */
async function subscribeToBus(core: Core, names: readonly string[]): Promise<void> {
  const subscribed = core.bus.subscribe(names).catch((error) => {
    core.logger.warn({ err: error, topics: names.length }, 'the bus did not take a subscription; the log delivers');
  });
  if (!core.bus.isHealthy()) return;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, BUS_WAIT_MS);
  });
  await Promise.race([subscribed, timeout]);
  clearTimeout(timer);
}
