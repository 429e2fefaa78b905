import { randomUUID } from 'node:crypto';
import type { HubEvent, TopicLog } from '../types.ts';

/** A log in memory, for tests and examples: the same promises as a stored one, as long as the process lives. */
export interface MemoryLog extends TopicLog {
  /** Gives the event its place and keeps it; returns it as it is to be published. */
  append(event: HubEvent): HubEvent;
  /** Keeps the place, tells nothing any more: a hole, as a deleted message leaves one. */
  forget(topic: string, offset: number): void;
  /** Drops everything up to and including `offset`, as retention does. */
  trim(topic: string, offset: number): void;
  /** A new epoch, as after a restore. Logs start again. */
  restart(): void;
  readonly reads: number;
}

interface Entries {
  events: Map<number, HubEvent>;
  head: number;
  keptAfter: number;
}

export function createMemoryLog(): MemoryLog {
  let epoch: string = randomUUID();
  let reads = 0;
  const logs = new Map<string, Entries>();

  function entriesOf(topic: string): Entries {
    let entries = logs.get(topic);
    if (entries === undefined) {
      entries = { events: new Map(), head: 0, keptAfter: 0 };
      logs.set(topic, entries);
    }
    return entries;
  }

  return {
    get reads() {
      return reads;
    },
    append(event) {
      const entries = entriesOf(event.topic);
      entries.head += 1;
      const stored = { ...event, epoch, offset: entries.head };
      entries.events.set(entries.head, stored);
      return stored;
    },
    forget(topic, offset) {
      entriesOf(topic).events.delete(offset);
    },
    trim(topic, offset) {
      const entries = entriesOf(topic);
      entries.keptAfter = offset;
      for (const key of entries.events.keys()) if (key <= offset) entries.events.delete(key);
    },
    restart() {
      epoch = randomUUID();
      logs.clear();
    },
    async heads(topics) {
      return { epoch, offsets: new Map(topics.map((topic) => [topic, logs.get(topic)?.head ?? 0])) };
    },
    async read(topic, after, limit) {
      reads += 1;
      const { events, head, keptAfter } = entriesOf(topic);
      const scannedTo = Math.max(after, Math.min(head, after + limit));
      const found: HubEvent[] = [];
      for (let offset = after + 1; offset <= scannedTo; offset += 1) {
        const event = events.get(offset);
        if (event !== undefined) found.push(event);
      }
      return { events: found, scannedTo, gone: after < keptAfter };
    },
  };
}
