import type { HubEvent, Subscriber } from '../types.ts';
import type { Core, Topic } from './core.ts';
import type { Delivery } from './delivery.ts';

const PAGE = 200;
/** Out-of-order events kept per topic; beyond it they are dropped, for the log has them. */
const MAX_WAITING = 1000;

export interface Repair {
  /** Takes an event from the bus: delivers it, keeps it until its turn, or drops it as known. */
  accept(topic: Topic, event: HubEvent): void;
  /** After warming: events that came in meanwhile and are beyond the head. */
  drain(topic: Topic): void;
  /** Reads the log from the delivered offset on and delivers it. One pull per topic at a time. */
  pull(topic: Topic): Promise<void>;
  /** The log reaches `head`: waits for the bus a moment, then pulls. */
  expect(topic: Topic, head: number): void;
  /** The old positions say nothing: go on from `offset` of `epoch` and tell the subscribers. */
  restart(topics: readonly { topic: Topic; offset: number }[], epoch: string): void;
  close(): void;
}

export function createRepair(core: Core, delivery: Delivery, gapWaitMs: number, onEpoch: () => void): Repair {
  const gaps = createDelayQueue(gapWaitMs, pullIfBehind);

  function accept(topic: Topic, event: HubEvent): void {
    const offset = event.offset as number;
    if (!topic.hot) {
      keep(topic, event);
    } else if (isOfOtherEpoch(topic, event)) {
      onEpoch();
    } else if (offset <= topic.offset) {
      core.counters.duplicates += 1;
    } else if (offset === topic.offset + 1) {
      delivery.durable(topic, event);
      if (topic.waiting !== undefined) drain(topic);
    } else {
      keep(topic, event);
      core.counters.gaps += 1;
      openGap(topic);
    }
  }

  function keep(topic: Topic, event: HubEvent): void {
    topic.waiting ??= new Map();
    if (topic.waiting.size < MAX_WAITING) topic.waiting.set(event.offset as number, event);
    topic.target = Math.max(topic.target, event.offset as number);
  }

  function drain(topic: Topic): void {
    const { waiting } = topic;
    if (waiting === undefined) return;
    dropKnown(topic, waiting);
    for (let next = waiting.get(topic.offset + 1); next !== undefined; next = waiting.get(topic.offset + 1)) {
      delivery.durable(topic, next);
    }
    dropKnown(topic, waiting);
    if (waiting.size === 0) topic.waiting = undefined;
    else openGap(topic);
  }

  function openGap(topic: Topic): void {
    if (topic.gapOpen) return;
    topic.gapOpen = true;
    gaps.add(topic);
  }

  function expect(topic: Topic, head: number): void {
    if (head <= topic.offset) return;
    topic.target = Math.max(topic.target, head);
    openGap(topic);
  }

  function pullIfBehind(topic: Topic): void {
    topic.gapOpen = false;
    if (!topic.hot || core.closed || (topic.waiting === undefined && topic.offset >= topic.target)) return;
    pull(topic).catch((error) =>
      core.logger.warn({ err: error, topic: topic.name }, 'could not read the log; will try again'),
    );
  }

  function pull(topic: Topic): Promise<void> {
    topic.pulling ??= pullPages(topic).finally(() => {
      topic.pulling = undefined;
    });
    return topic.pulling;
  }

  async function pullPages(topic: Topic): Promise<void> {
    core.counters.pulls += 1;
    while (await pullPage(topic));
  }

  /** True when there is more to read. */
  async function pullPage(topic: Topic): Promise<boolean> {
    const { epoch, offset: after } = topic;
    const page = await core.log.read(topic.name, after, PAGE);
    if (!topic.hot || topic.epoch !== epoch) return false;
    if (page.gone) {
      await restartAtHead(topic);
      return false;
    }
    deliverPage(topic, page.events);
    if (page.scannedTo > topic.offset) topic.offset = page.scannedTo;
    drain(topic);
    const isBehind = topic.offset < topic.target || topic.waiting !== undefined;
    return page.scannedTo > after && isBehind;
  }

  function deliverPage(topic: Topic, events: readonly HubEvent[]): void {
    for (const event of events) {
      if ((event.offset as number) <= topic.offset) continue;
      delivery.durable(topic, event);
      core.counters.pulled += 1;
    }
  }

  async function restartAtHead(topic: Topic): Promise<void> {
    const { epoch, offsets } = await core.log.heads([topic.name]);
    if (topic.hot) restart([{ topic, offset: offsets.get(topic.name) ?? 0 }], epoch);
  }

  function restart(changed: readonly { topic: Topic; offset: number }[], epoch: string): void {
    const toTell = new Map<Subscriber, string[]>();
    for (const { topic, offset } of changed) {
      Object.assign(topic, { epoch, offset, target: offset });
      drain(topic);
      for (const subscriber of topic.subscribers) {
        const topics = toTell.get(subscriber);
        if (topics === undefined) toTell.set(subscriber, [topic.name]);
        else topics.push(topic.name);
      }
    }
    core.counters.resyncs += changed.length;
    for (const [subscriber, topics] of toTell) subscriber.resync?.(topics);
  }

  return { accept, drain, pull, expect, restart, close: gaps.close };
}

function dropKnown(topic: Topic, waiting: Map<number, HubEvent>): void {
  for (const [offset, event] of waiting) {
    if (offset <= topic.offset || isOfOtherEpoch(topic, event)) waiting.delete(offset);
  }
}

function isOfOtherEpoch(topic: Topic, event: HubEvent): boolean {
  return event.epoch !== undefined && event.epoch !== topic.epoch;
}

/** Calls back once per item after a constant delay: a queue and one timer, however many items wait. */
function createDelayQueue(delayMs: number, onDue: (topic: Topic) => void) {
  const queue: { topic: Topic; at: number }[] = [];
  let timer: NodeJS.Timeout | undefined;

  function run(): void {
    timer = undefined;
    const now = performance.now();
    let due = 0;
    while (due < queue.length && queue[due]!.at <= now) due += 1;
    for (const { topic } of queue.splice(0, due)) onDue(topic);
    arm();
  }

  function arm(): void {
    const first = queue[0];
    if (timer !== undefined || first === undefined) return;
    timer = setTimeout(run, Math.max(1, first.at - performance.now()));
    timer.unref();
  }

  return {
    add(topic: Topic): void {
      queue.push({ topic, at: performance.now() + delayMs });
      arm();
    },
    close(): void {
      queue.length = 0;
      clearTimeout(timer);
    },
  };
}
