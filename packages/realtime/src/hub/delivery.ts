import type { HubEvent, Subscriber } from '../types.ts';
import { type Core, detach, type Topic } from './core.ts';
import { createRecentIds } from './recent-ids.ts';

export type OnGrant = (topic: Topic, event: HubEvent) => void;
export type OnRecheck = (topic: Topic) => void;

export interface Delivery {
  /** Hands the next event of a topic to its subscribers. The caller has checked that it is the next. */
  durable(topic: Topic, event: HubEvent): void;
  /** Hands an event without an offset to whoever is here, each subscriber once. */
  live(event: HubEvent): void;
}

export function createDelivery(core: Core, onGrant: OnGrant, onRecheck: OnRecheck): Delivery {
  const recent = createRecentIds();

  function durable(topic: Topic, event: HubEvent): void {
    topic.offset = event.offset as number;
    if (event.revoke !== undefined) revoke(core, topic, event.revoke);
    fanOut(core, topic.subscribers, event);
    tellSideEffects(topic, event);
  }

  function live(event: HubEvent): void {
    if (event.alsoTopics !== undefined && event.id !== undefined && !recent.add(event.id)) return;
    const topic = core.topics.get(event.topic);
    if (topic !== undefined) {
      if (event.revoke !== undefined) revoke(core, topic, event.revoke);
      fanOut(core, topic.subscribers, event);
      tellSideEffects(topic, event);
    }
    if (event.alsoTopics !== undefined) fanOutToOthers(core, event, event.alsoTopics);
  }

  function tellSideEffects(topic: Topic, event: HubEvent): void {
    if (event.grant !== undefined) onGrant(topic, event);
    if (event.recheck === true) onRecheck(topic);
    if (event.endSession === undefined) return;
    for (const listener of core.sessionListeners) listener(event.endSession);
  }

  return { durable, live };
}

/** The hot path: no allocation per subscriber. One that throws does not keep the event from the others. */
function fanOut(core: Core, subscribers: Set<Subscriber>, event: HubEvent): void {
  core.delivering = true;
  for (const subscriber of subscribers) handOver(core, subscriber, event);
  core.delivering = false;
  core.counters.delivered += subscribers.size;
}

function handOver(core: Core, subscriber: Subscriber, event: HubEvent): void {
  try {
    subscriber.deliver(event);
  } catch (error) {
    core.logger.error({ err: error, topic: event.topic, event: event.name }, 'a subscriber failed to take an event');
  }
}

function fanOutToOthers(core: Core, event: HubEvent, names: readonly string[]): void {
  const told: Set<Subscriber>[] = [];
  const first = core.topics.get(event.topic);
  if (first !== undefined) told.push(first.subscribers);
  core.delivering = true;
  for (const name of names) {
    const topic = core.topics.get(name);
    if (topic === undefined || told.includes(topic.subscribers)) continue;
    for (const subscriber of topic.subscribers) {
      if (isInAny(told, subscriber)) continue;
      handOver(core, subscriber, event);
      core.counters.delivered += 1;
    }
    told.push(topic.subscribers);
  }
  core.delivering = false;
}

function isInAny(sets: readonly Set<Subscriber>[], subscriber: Subscriber): boolean {
  for (const set of sets) if (set.has(subscriber)) return true;
  return false;
}

/** Ends the subscriptions of these users before the revoking event is told; those that catch up end too. */
export function revoke(core: Core, topic: Topic, userIds: readonly string[]): void {
  const users = new Set(userIds);
  for (const userId of users) {
    for (const decision of core.decisions.get(userId) ?? []) decision.stale = true;
  }
  for (const subscribers of [topic.subscribers, topic.paused ?? []]) {
    for (const subscriber of subscribers) {
      if (subscriber.userId === undefined || !users.has(subscriber.userId)) continue;
      detach(core, subscriber, topic);
      subscriber.revoked?.(topic.name);
    }
  }
}
