import { type Core, isEmpty, type Topic } from './core.ts';
import type { Repair } from './repair.ts';
import { HEADS_CHUNK } from './warming.ts';

const PULLS_AT_ONCE = 16;

export interface SweepTimes {
  sweepMs: number;
  sweepMsBusAway: number;
  releaseMs: number;
}

/** Committed is told, always: compares the heads of all hot topics with the log and pulls what is missing. */
export function createSweep(core: Core, repair: Repair, times: SweepTimes) {
  let running: Promise<void> | undefined;
  let again = false;
  let lastSweep = core.now();

  const timer = setInterval(tick, Math.min(times.sweepMsBusAway, times.sweepMs));
  timer.unref();

  function tick(): void {
    if (core.bus.isHealthy() && core.now() - lastSweep < times.sweepMs) return;
    releaseIdle(core, times.releaseMs);
    request(!core.bus.isHealthy());
  }

  /** `now`: do not give the bus its moment to bring what is missing. */
  function request(now: boolean): void {
    run(now).catch((error) => core.logger.warn({ err: error }, 'could not compare with the log; will try again'));
  }

  function run(now: boolean): Promise<void> {
    if (running !== undefined) {
      again ||= now;
      return running;
    }
    lastSweep = core.now();
    running = compareAll(now).finally(() => {
      running = undefined;
      if (!again) return;
      again = false;
      request(true);
    });
    return running;
  }

  async function compareAll(now: boolean): Promise<void> {
    const hot = Array.from(core.topics.values()).filter((topic) => topic.hot);
    for (let start = 0; start < hot.length && !core.closed; start += HEADS_CHUNK) {
      await compare(hot.slice(start, start + HEADS_CHUNK), now);
    }
  }

  async function compare(topics: readonly Topic[], now: boolean): Promise<void> {
    const { epoch, offsets } = await core.log.heads(topics.map((topic) => topic.name));
    const headOf = (topic: Topic) => offsets.get(topic.name) ?? 0;
    const live = topics.filter((topic) => topic.hot);
    const replaced = live.filter((topic) => topic.epoch !== epoch);
    if (replaced.length > 0) {
      const heads = replaced.map((topic) => ({ topic, offset: headOf(topic) }));
      repair.restart(heads, epoch);
    }
    const behind = live.filter((topic) => headOf(topic) > topic.offset);
    if (now) await pullAll(core, repair, behind, headOf);
    else for (const topic of behind) repair.expect(topic, headOf(topic));
  }

  return { request, run, close: () => clearInterval(timer) };
}

async function pullAll(
  core: Core,
  repair: Repair,
  topics: readonly Topic[],
  headOf: (topic: Topic) => number,
): Promise<void> {
  const queue = topics.values();
  async function work(): Promise<void> {
    for (const topic of queue) {
      topic.target = Math.max(topic.target, headOf(topic));
      if (!core.closed) await repair.pull(topic);
    }
  }
  await Promise.all(Array.from({ length: Math.min(PULLS_AT_ONCE, topics.length) }, work));
}

function releaseIdle(core: Core, releaseMs: number): void {
  const latest = core.now() - releaseMs;
  const idle: string[] = [];
  for (const topic of core.topics.values()) {
    if (topic.hot && topic.emptySince <= latest && isEmpty(topic)) idle.push(topic.name);
  }
  for (const name of idle) {
    core.topics.get(name)!.hot = false;
    core.topics.delete(name);
  }
  if (idle.length > 0) core.bus.unsubscribe(idle);
}
