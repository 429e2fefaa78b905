import type { Bus, HubEvent } from '../types.ts';

/** One exchange in this process. Each hub connects once; delivery is synchronous, in the order of publishing. */
export interface MemoryExchange {
  connect(): MemoryBus;
}

export interface MemoryBus extends Bus {
  /** For tests: while away nothing is published or heard, as with a broker that died. */
  setAway(isAway: boolean): void;
}

interface Member {
  topics: Set<string>;
  onEvent(event: HubEvent): void;
  isAway: boolean;
}

export function createMemoryExchange(): MemoryExchange {
  const members = new Set<Member>();
  return { connect: () => joinExchange(members) };
}

/** A bus of one process that has one hub. */
export function createMemoryBus(): MemoryBus {
  return createMemoryExchange().connect();
}

function joinExchange(members: Set<Member>): MemoryBus {
  const member: Member = { topics: new Set(), onEvent() {}, isAway: false };
  let onConnected = () => {};
  members.add(member);
  return {
    publish(event) {
      if (member.isAway) return;
      for (const other of members) if (!other.isAway && isInterested(other, event)) other.onEvent(event);
    },
    async subscribe(topics) {
      for (const topic of topics) member.topics.add(topic);
    },
    unsubscribe(topics) {
      for (const topic of topics) member.topics.delete(topic);
    },
    listen(handlers) {
      member.onEvent = handlers.onEvent;
      onConnected = handlers.onConnected;
      onConnected();
    },
    isHealthy: () => !member.isAway,
    setAway(isAway) {
      const isBack = member.isAway && !isAway;
      member.isAway = isAway;
      if (isBack) onConnected();
    },
    async close() {
      members.delete(member);
    },
  };
}

/** One copy however many of its topics are of interest: all of them lead to the same hub. */
function isInterested(member: Member, event: HubEvent): boolean {
  if (member.topics.has(event.topic)) return true;
  return event.alsoTopics?.some((topic) => member.topics.has(topic)) ?? false;
}
