import { randomUUID } from 'node:crypto';
import { silentLogger } from '../logger.ts';
import type { Bus, HubEvent, Logger, Position, Subscriber, TopicLog } from '../types.ts';
import { type Attach, type CatchUpOutcome, createCatchUp, type DeliverPage } from './catch-up.ts';
import { attach, type Core, detach, detachAll, type HubCounters, pause, positionOf, type TopicsOf } from './core.ts';
import { createDelivery } from './delivery.ts';
import { createFollowing } from './following.ts';
import { type AllowedAmong, createRecheck } from './recheck.ts';
import { createRepair } from './repair.ts';
import { createSweep } from './sweep.ts';
import { createWarming } from './warming.ts';

export interface HubOptions {
  bus: Bus;
  log: TopicLog;
  /** Asked after an event that says `recheck`; without it nobody may follow such a topic any more. */
  allowedAmong?: AllowedAmong;
  clock?: { now(): number };
  logger?: Logger;
  /** How long an event that came too early waits for its predecessors before the log is read. */
  gapWaitMs?: number;
  /** How often the heads of all hot topics are compared with the log, while the bus is healthy and while it is not. */
  sweepMs?: number;
  sweepMsBusAway?: number;
  /** A topic nobody listens to is let go after this time. */
  releaseMs?: number;
}

export interface HubStats extends HubCounters {
  topics: number;
  subscriptions: number;
  subscribers: number;
}

export interface Resumption {
  outcome: CatchUpOutcome | 'refused' | 'ended';
  position?: Position;
}

/** Hands each topic's events, in the order of its log and without holes, to the subscribers on this instance. */
export interface Hub {
  /** Makes topics hot: their events reach this instance from here on. */
  ensure(topics: readonly string[]): Promise<void>;
  /** Live from the returned position on. */
  subscribe(subscriber: Subscriber, topic: string): Promise<Position>;
  /**
   * Like `subscribe`, if allowed: `isAllowed` is asked when the topic is hot, and again if this user was revoked from
   * something meanwhile. Undefined: refused.
   */
  subscribeIf(subscriber: Subscriber, topic: string, isAllowed: () => Promise<boolean>): Promise<Position | undefined>;
  unsubscribe(subscriber: Subscriber, topic: string): void;
  unsubscribeAll(subscriber: Subscriber): void;
  isSubscribed(subscriber: Subscriber, topic: string): boolean;
  /** The last offset delivered here; undefined while the topic is cold. */
  position(topic: string): Position | undefined;
  /** Puts an event that is committed, or live only, on the bus. */
  publish(event: HubEvent): void;
  /** See createCatchUp: replay after `since`, then `attach` in the turn in which live begins. */
  catchUp(topic: string, since: Position, deliver: DeliverPage, attach: Attach): Promise<CatchUpOutcome>;
  /**
   * Replays a topic to one subscriber, which gets nothing live of it meanwhile, and attaches it. A subscriber that has
   * no subscription yet is asked for by `isAllowed`. `ended`: revoked or unsubscribed during the replay.
   */
  resume(
    subscriber: Subscriber,
    topic: string,
    since: Position,
    deliver: DeliverPage,
    isAllowed?: () => Promise<boolean>,
  ): Promise<Resumption>;
  /**
   * Subscribes to `root` and to all of `topicsOf`, and from then on to whatever events on `root` grant. `attached` is
   * called in the turn in which all became live, before any event. See `decide` for what is guaranteed.
   */
  follow(subscriber: Subscriber, root: string, topicsOf: TopicsOf, attached?: () => void): Promise<void>;
  /** Nothing live of these topics reaches the subscriber until each is resumed; for those it is subscribed to. */
  hold(subscriber: Subscriber, topics: readonly string[]): void;
  onEndSession(listener: (sessionId: string) => void): () => void;
  /** Compares with the log at once; resolves when what was missing is delivered. */
  checkNow(): Promise<void>;
  stats(): HubStats;
  /** Stops timers. The bus is the embedder's. */
  close(): void;
}

const nobody: AllowedAmong = async () => new Set();

export function createHub(options: HubOptions): Hub {
  const core = createCore(options);
  const delivery = createDelivery(
    core,
    (topic, event) => following.onGrant(topic, event),
    createRecheck(core, options.allowedAmong ?? nobody),
  );
  const repair = createRepair(core, delivery, options.gapWaitMs ?? 100, () => sweep.request(true));
  const sweep = createSweep(core, repair, {
    sweepMs: options.sweepMs ?? 5000,
    sweepMsBusAway: options.sweepMsBusAway ?? 1000,
    releaseMs: options.releaseMs ?? 30_000,
  });
  const { ensure } = createWarming(core, repair);
  const catchUp = createCatchUp(core, repair, ensure);
  const following = createFollowing(core, ensure, () => resume);

  core.bus.listen({ onEvent: createReceiver(core, accept), onConnected: () => sweep.request(true) });

  function accept(event: HubEvent): void {
    const topic = core.topics.get(event.topic);
    if (event.offset === undefined) delivery.live(event);
    else if (topic !== undefined) repair.accept(topic, event);
  }

  async function subscribe(subscriber: Subscriber, name: string): Promise<Position> {
    await ensure([name]);
    return attach(core, subscriber, core.topics.get(name)!);
  }

  async function subscribeIf(subscriber: Subscriber, name: string, isAllowed: () => Promise<boolean>) {
    let position: Position | undefined;
    await following.admit(subscriber, name, isAllowed, (topic) => {
      position = attach(core, subscriber, topic);
    });
    return position;
  }

  function unsubscribe(subscriber: Subscriber, name: string): void {
    const topic = core.topics.get(name);
    if (topic !== undefined) detach(core, subscriber, topic);
  }

  const resume: Hub['resume'] = async (subscriber, name, since, deliver, isAllowed) => {
    const isAdmitted = isSubscribed(subscriber, name) || isAllowed === undefined;
    if (
      !isAdmitted &&
      !(await following.admit(subscriber, name, isAllowed, (topic) => pause(core, subscriber, topic)))
    ) {
      return { outcome: 'refused' };
    }
    const known = core.topics.get(name);
    if (known?.hot) pause(core, subscriber, known);
    else await subscribePaused(subscriber, name);
    let position: Position | undefined;
    const isPaused = () => core.topics.get(name)?.paused?.has(subscriber) === true;
    const goLive = () => {
      if (isPaused()) position = attach(core, subscriber, core.topics.get(name)!);
    };
    const outcome = await catchUp(name, since, deliver, goLive, isPaused);
    return position === undefined ? { outcome: 'ended' } : { outcome, position };
  };

  async function subscribePaused(subscriber: Subscriber, name: string): Promise<void> {
    await ensure([name]);
    pause(core, subscriber, core.topics.get(name)!);
  }

  function isSubscribed(subscriber: Subscriber, name: string): boolean {
    const topic = core.topics.get(name);
    return topic !== undefined && (topic.subscribers.has(subscriber) || topic.paused?.has(subscriber) === true);
  }

  return {
    ensure,
    subscribe,
    subscribeIf,
    unsubscribe,
    unsubscribeAll: (subscriber) => detachAll(core, subscriber),
    isSubscribed,
    position(name) {
      const topic = core.topics.get(name);
      return topic?.hot ? positionOf(topic) : undefined;
    },
    publish: (event) => core.bus.publish(withId(event)),
    catchUp,
    resume,
    follow: following.follow,
    hold(subscriber, names) {
      for (const name of names) {
        const topic = core.topics.get(name);
        if (topic?.subscribers.has(subscriber)) pause(core, subscriber, topic);
      }
    },
    onEndSession(listener) {
      core.sessionListeners.add(listener);
      return () => core.sessionListeners.delete(listener);
    },
    checkNow: () => sweep.run(true),
    stats: () => statsOf(core),
    close() {
      core.closed = true;
      sweep.close();
      repair.close();
    },
  };
}

function createCore(options: HubOptions): Core {
  return {
    bus: options.bus,
    log: options.log,
    logger: options.logger ?? silentLogger,
    now: options.clock?.now ?? Date.now,
    topics: new Map(),
    memberships: new Map(),
    counters: { delivered: 0, duplicates: 0, gaps: 0, pulls: 0, pulled: 0, resyncs: 0 },
    decisions: new Map(),
    sessionListeners: new Set(),
    warmings: 0,
    delivering: false,
    closed: false,
  };
}

/** An event published while another is being handed out waits its turn, so that all subscribers see one order. */
function createReceiver(core: Core, accept: (event: HubEvent) => void): (event: HubEvent) => void {
  const backlog: HubEvent[] = [];
  function drain(): void {
    for (const event of backlog.splice(0)) accept(event);
  }
  return (event) => {
    if (core.closed) return;
    if (!core.delivering) return accept(event);
    if (backlog.push(event) === 1) queueMicrotask(drain);
  };
}

/** Copies of an event that goes to several topics are known by their id. */
function withId(event: HubEvent): HubEvent {
  return event.alsoTopics === undefined || event.id !== undefined ? event : { ...event, id: randomUUID() };
}

function statsOf(core: Core): HubStats {
  let subscriptions = 0;
  for (const topic of core.topics.values()) subscriptions += topic.subscribers.size;
  return { ...core.counters, topics: core.topics.size, subscribers: core.memberships.size, subscriptions };
}
