import type { Bus, HubEvent, Logger, Position, Subscriber, TopicLog } from '../types.ts';

/** What this instance knows of one topic. */
export interface Topic {
  readonly name: string;
  /** True once the bus subscription stands and the head was read. */
  hot: boolean;
  /** Value of `core.warmings` when it became hot: tells whether it was hot before a given read began. */
  warmedAt: number;
  epoch: string;
  /** The last offset handed to subscribers here. */
  offset: number;
  /** The log is known to reach this far. */
  target: number;
  readonly subscribers: Set<Subscriber>;
  /** Subscribers that catch up: they get nothing live until they are attached, yet can be revoked. */
  paused: Set<Subscriber> | undefined;
  /** Events that came before one they follow, by offset. */
  waiting: Map<number, HubEvent> | undefined;
  gapOpen: boolean;
  pulling: Promise<void> | undefined;
  emptySince: number;
}

export type TopicsOf = (subscriber: Subscriber) => Promise<readonly string[]>;

/** What the hub remembers of one subscriber. */
export interface Membership {
  topics: Topic[];
  root: Topic | undefined;
  topicsOf: TopicsOf | undefined;
}

export interface HubCounters {
  delivered: number;
  duplicates: number;
  gaps: number;
  pulls: number;
  pulled: number;
  resyncs: number;
}

/** The state all parts of one hub share. */
export interface Core {
  readonly bus: Bus;
  readonly log: TopicLog;
  readonly logger: Logger;
  readonly now: () => number;
  readonly topics: Map<string, Topic>;
  readonly memberships: Map<Subscriber, Membership>;
  readonly counters: HubCounters;
  /** Reads of "who may follow what" that are under way, by user; a revocation makes them stale. */
  readonly decisions: Map<string, Set<Decision>>;
  readonly sessionListeners: Set<(sessionId: string) => void>;
  warmings: number;
  delivering: boolean;
  closed: boolean;
}

export interface Decision {
  stale: boolean;
}

export function createTopic(name: string, now: number): Topic {
  return {
    name,
    hot: false,
    warmedAt: 0,
    epoch: '',
    offset: 0,
    target: 0,
    subscribers: new Set(),
    paused: undefined,
    waiting: undefined,
    gapOpen: false,
    pulling: undefined,
    emptySince: now,
  };
}

export function positionOf(topic: Topic): Position {
  return { epoch: topic.epoch, offset: topic.offset };
}

export function membershipOf(core: Core, subscriber: Subscriber): Membership {
  let membership = core.memberships.get(subscriber);
  if (membership === undefined) {
    membership = { topics: [], root: undefined, topicsOf: undefined };
    core.memberships.set(subscriber, membership);
  }
  return membership;
}

/** Live from the next event on. */
export function attach(core: Core, subscriber: Subscriber, topic: Topic): Position {
  remember(core, subscriber, topic);
  topic.paused?.delete(subscriber);
  if (topic.paused?.size === 0) topic.paused = undefined;
  topic.subscribers.add(subscriber);
  return positionOf(topic);
}

/** Holds the live stream of one subscriber back while it catches up. */
export function pause(core: Core, subscriber: Subscriber, topic: Topic): void {
  remember(core, subscriber, topic);
  topic.subscribers.delete(subscriber);
  topic.paused ??= new Set();
  topic.paused.add(subscriber);
}

export function detach(core: Core, subscriber: Subscriber, topic: Topic): boolean {
  const was = removeFrom(core, subscriber, topic);
  if (!was) return false;
  const membership = core.memberships.get(subscriber);
  if (membership === undefined) return true;
  const index = membership.topics.indexOf(topic);
  const last = membership.topics.pop();
  if (last !== undefined && index < membership.topics.length) membership.topics[index] = last;
  if (membership.topics.length === 0) core.memberships.delete(subscriber);
  return true;
}

export function detachAll(core: Core, subscriber: Subscriber): void {
  const membership = core.memberships.get(subscriber);
  if (membership === undefined) return;
  core.memberships.delete(subscriber);
  for (const topic of membership.topics) removeFrom(core, subscriber, topic);
}

export function isAttached(topic: Topic, subscriber: Subscriber): boolean {
  return topic.subscribers.has(subscriber) || topic.paused?.has(subscriber) === true;
}

export function isEmpty(topic: Topic): boolean {
  return topic.subscribers.size === 0 && (topic.paused === undefined || topic.paused.size === 0);
}

function remember(core: Core, subscriber: Subscriber, topic: Topic): void {
  if (!isAttached(topic, subscriber)) membershipOf(core, subscriber).topics.push(topic);
}

function removeFrom(core: Core, subscriber: Subscriber, topic: Topic): boolean {
  const wasLive = topic.subscribers.delete(subscriber);
  const wasPaused = topic.paused?.delete(subscriber) === true;
  if (topic.paused?.size === 0) topic.paused = undefined;
  if (isEmpty(topic)) topic.emptySince = core.now();
  return wasLive || wasPaused;
}
