import type { HubEvent, Position, Subscriber } from '../types.ts';
import type { DeliverPage } from './catch-up.ts';
import {
  attach,
  type Core,
  type Decision,
  isAttached,
  membershipOf,
  pause,
  positionOf,
  type Topic,
  type TopicsOf,
} from './core.ts';

const MAX_READS = 20;

export interface Following {
  follow(subscriber: Subscriber, root: string, topicsOf: TopicsOf, attached?: () => void): Promise<void>;
  admit(
    subscriber: Subscriber,
    topic: string,
    isAllowed: () => Promise<boolean>,
    then: (topic: Topic) => void,
  ): Promise<boolean>;
  onGrant(topic: Topic, event: HubEvent): void;
}

export type Resume = (subscriber: Subscriber, topic: string, since: Position, deliver: DeliverPage) => Promise<unknown>;

export function createFollowing(
  core: Core,
  ensure: (names: readonly string[]) => Promise<void>,
  resume: () => Resume,
): Following {
  /**
   * Reads who may follow what until the answer can be trusted, and acts on it in the same turn.
   *
   * Guarantee: nobody is attached to a topic he was revoked from. An answer counts only if all its topics were hot
   * before the read began and this hub saw no revocation of the user since. Then a revocation committed before the read
   * is in the answer, one delivered during the read made it stale, and a later one finds the subscriber attached.
   */
  async function decide(
    subscriber: Subscriber,
    read: () => Promise<readonly string[]>,
    act: (topics: readonly Topic[]) => void,
  ): Promise<void> {
    const decision = openDecision(core, subscriber);
    try {
      for (let reads = 0; reads < MAX_READS; reads += 1) {
        decision.stale = false;
        const warmings = core.warmings;
        const names = await read();
        const topics = names.map((name) => core.topics.get(name));
        if (!decision.stale && topics.every((topic) => topic?.hot && topic.warmedAt <= warmings)) {
          act(topics as Topic[]);
          return;
        }
        await ensure(names);
      }
      throw new Error('memberships changed faster than they could be read');
    } finally {
      closeDecision(core, subscriber, decision);
    }
  }

  async function follow(
    subscriber: Subscriber,
    rootName: string,
    topicsOf: TopicsOf,
    attached?: () => void,
  ): Promise<void> {
    await ensure([rootName]);
    const membership = membershipOf(core, subscriber);
    const root = core.topics.get(rootName)!;
    membership.root = root;
    membership.topicsOf = topicsOf;
    // Paused, so that nothing is told before everything is attached; a grant meanwhile makes the answer stale.
    pause(core, subscriber, root);
    await decide(
      subscriber,
      () => topicsOf(subscriber),
      (topics) => {
        if (core.memberships.get(subscriber) !== membership) return;
        for (const topic of topics) attach(core, subscriber, topic);
        attach(core, subscriber, root);
        // A copy has no spare room: most memberships stay as they are for as long as the connection lives.
        membership.topics = membership.topics.slice();
        attached?.();
      },
    );
  }

  async function admit(
    subscriber: Subscriber,
    name: string,
    isAllowed: () => Promise<boolean>,
    then: (topic: Topic) => void,
  ): Promise<boolean> {
    let isAdmitted = false;
    await decide(
      subscriber,
      async () => ((await isAllowed()) ? [name] : []),
      ([topic]) => {
        if (topic === undefined) return;
        isAdmitted = true;
        then(topic);
      },
    );
    return isAdmitted;
  }

  function onGrant(root: Topic, event: HubEvent): void {
    for (const subscribers of [root.subscribers, root.paused ?? []]) {
      for (const subscriber of subscribers) {
        if (core.memberships.get(subscriber)?.root !== root) continue;
        markStale(core, subscriber);
        giveGrants(subscriber, event).catch((error) => {
          core.logger.error({ err: error, topic: root.name }, 'could not subscribe a follower to a granted topic');
          subscriber.lost?.();
        });
      }
    }
  }

  async function giveGrants(subscriber: Subscriber, event: HubEvent): Promise<void> {
    const granted = event.grant ?? [];
    const from = positionsAtGrant(core, event, granted);
    const membership = core.memberships.get(subscriber);
    const topicsOf = membership?.topicsOf;
    if (topicsOf === undefined) return;
    const isGone = () => core.memberships.get(subscriber) !== membership;
    let behind: Topic[] = [];
    await decide(
      subscriber,
      async () => {
        const allowed = new Set(await topicsOf(subscriber));
        return granted.filter((name) => allowed.has(name));
      },
      (topics) => {
        if (!isGone()) behind = attachGranted(core, subscriber, topics, from);
      },
    );
    for (const { name } of behind) {
      if (!isGone()) await resume()(subscriber, name, from.get(name)!, (events) => replay(subscriber, events));
    }
  }

  return { follow, admit, onGrant };
}

function openDecision(core: Core, subscriber: Subscriber): Decision {
  const decision = { stale: false };
  const userId = subscriber.userId ?? '';
  const open = core.decisions.get(userId);
  if (open === undefined) core.decisions.set(userId, new Set([decision]));
  else open.add(decision);
  return decision;
}

function closeDecision(core: Core, subscriber: Subscriber, decision: Decision): void {
  const userId = subscriber.userId ?? '';
  const open = core.decisions.get(userId);
  open?.delete(decision);
  if (open?.size === 0) core.decisions.delete(userId);
}

function markStale(core: Core, subscriber: Subscriber): void {
  for (const decision of core.decisions.get(subscriber.userId ?? '') ?? []) decision.stale = true;
}

/** From here a follower is owed the events of a granted topic. Unknown for a topic that is cold here and not told. */
function positionsAtGrant(core: Core, event: HubEvent, granted: readonly string[]): Map<string, Position> {
  const positions = new Map<string, Position>();
  for (const name of granted) {
    const topic = core.topics.get(name);
    const position = event.grantFrom?.[name] ?? (topic?.hot ? positionOf(topic) : undefined);
    if (position !== undefined) positions.set(name, position);
  }
  return positions;
}

/** Attaches what needs no catching up; pauses and returns the rest. */
function attachGranted(
  core: Core,
  subscriber: Subscriber,
  topics: readonly Topic[],
  from: ReadonlyMap<string, Position>,
): Topic[] {
  const fresh = topics.filter((topic) => !isAttached(topic, subscriber));
  const behind = fresh.filter((topic) => isBehind(topic, from.get(topic.name)));
  for (const topic of fresh) {
    if (behind.includes(topic)) pause(core, subscriber, topic);
    else attach(core, subscriber, topic);
  }
  for (const topic of topics) subscriber.granted?.(topic.name);
  return behind;
}

function isBehind(topic: Topic, from: Position | undefined): boolean {
  return from !== undefined && from.epoch === topic.epoch && from.offset < topic.offset;
}

function replay(subscriber: Subscriber, events: readonly HubEvent[]): void {
  for (const event of events) {
    if (subscriber.replay !== undefined) subscriber.replay(event);
    else subscriber.deliver(event);
  }
}
