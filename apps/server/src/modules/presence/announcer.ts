import { randomUUID } from 'node:crypto';
import type { EventPayload, Presence } from '@parley/contract';
import type { HubEvent } from '@parley/realtime';
import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/schema.ts';
import { audienceOf, describe, hidden, isBroader, isNarrower, type LastSeenPrivacy } from './privacy.ts';
import type { RosterChange, State } from './roster.ts';
import { type Person, people as readPeople, writeLastSeen } from './store.ts';

const batchSize = 500;
const retryMs = 1_000;
/** How long who was shown otherwise than is so waits for others who were: however many look, it is told once. */
const doubtMs = 500;

/** Somebody who is here, or of whose leaving not everybody was told yet. */
interface Entry {
  userId: string;
  state: State;
  /** What others were told last, and under which privacy. */
  told: State;
  privacy: LastSeenPrivacy | undefined;
  goneAt: number | undefined;
  /** Somebody may have looked while it was another than was told: it is told, even if it has changed back. */
  isDoubtful: boolean;
}

export interface Announcer {
  /** A person's state changed. */
  note(change: RosterChange): void;
  /** The privacy of a person, who is in this state now, may have changed. */
  recheck(userId: string, state: State): void;
  /** Those of whom it was told, or is to be, that they are here: what it takes their state to be. */
  known(): ReadonlyMap<string, State>;
  /** Somebody else tells of this person from here on. */
  forget(userId: string): void;
  /** Somebody was shown that these people are so, told of or not; who has no state was shown as offline. */
  shown(userIds: readonly string[], states: ReadonlyMap<string, State>): void;
  /** When somebody left of whom it is not stored yet. */
  goneAt(userId: string): Date | undefined;
  /** Resolves when all that was noted is told. What could not be is tried again until then. */
  settled(): Promise<void>;
  /** Tells nothing more; stores when those who are still here were last seen. */
  stop(): Promise<void>;
}

interface Options {
  db: Db;
  publish(event: HubEvent): void;
  clock: Clock;
  /** Others may show people, too: what they showed is not known here. */
  isShared?: boolean;
  onError(error: unknown, what: string): void;
}

/**
 * Tells of changes in batches, one after the other, however many people come and go at once: two statements a batch, and
 * never more than one connection of the pool. What changed back before its batch is not told at all, unless
 * somebody may have seen it.
 */
export function createAnnouncer({ db, publish, clock, isShared = false, onError }: Options): Announcer {
  const entries = new Map<string, Entry>();
  const changed = new Set<Entry>();
  const doubted = new Set<Entry>();
  let doubting: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let endPause: () => void = () => {};
  let isStopped = false;

  function mark(entry: Entry): void {
    changed.add(entry);
    if (!isStopped && running === undefined) running = run();
  }

  function markSoon(entry: Entry): void {
    doubted.add(entry);
    doubting ??= setTimeout(markDoubted, doubtMs).unref();
  }

  /** Most have been told by now: what was read was only ahead of the news of it, or behind. */
  function markDoubted(): void {
    clearTimeout(doubting);
    doubting = undefined;
    for (const entry of doubted) if (entry.isDoubtful && entries.get(entry.userId) === entry) mark(entry);
    doubted.clear();
  }

  async function run(): Promise<void> {
    try {
      while (changed.size > 0 && !isStopped) await tellBatch(take(changed, batchSize));
    } finally {
      // In the turn of the last look at `changed`, so that what is noted from here on starts a new run.
      running = undefined;
    }
  }

  async function tellBatch(batch: readonly Entry[]): Promise<void> {
    try {
      await tell(batch);
    } catch (error) {
      onError(error, 'could not tell who came and went; will try again');
      await pause();
      for (const entry of batch) changed.add(entry);
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, retryMs);
      timer.unref();
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function tell(batch: readonly Entry[]): Promise<void> {
    await writeLastSeen(db, goneOf(batch));
    const found = await readPeople(
      db,
      batch.map((entry) => entry.userId),
    );
    for (const entry of batch) {
      // One that changed meanwhile is in the next batch: nobody is told to be gone before that is stored.
      if (!changed.has(entry)) tellOne(entry, found.get(entry.userId));
    }
  }

  function tellOne(entry: Entry, person: Person | undefined): void {
    if (person !== undefined) for (const event of eventsOf(entry, person, clock())) publish(event);
    entry.told = entry.state;
    entry.isDoubtful = false;
    entry.privacy = person?.privacy;
    if (entry.state === 'offline') entries.delete(entry.userId);
  }

  return {
    note({ userId, from, to, goneAt }) {
      let entry = entries.get(userId);
      if (entry === undefined) {
        entry = { userId, state: from, told: from, privacy: undefined, goneAt: undefined, isDoubtful: false };
        entries.set(userId, entry);
      }
      if (isShared && entry.state !== entry.told) entry.isDoubtful = true;
      entry.state = to;
      entry.goneAt = goneAt;
      mark(entry);
    },
    recheck(userId, state) {
      let entry = entries.get(userId);
      if (entry === undefined) {
        if (state === 'offline') return;
        entry = { userId, state, told: state, privacy: undefined, goneAt: undefined, isDoubtful: false };
        entries.set(userId, entry);
      }
      mark(entry);
    },
    known: () => new Map(Array.from(entries, ([userId, { state }]) => [userId, state])),
    forget(userId) {
      const entry = entries.get(userId);
      if (entry === undefined) return;
      entries.delete(userId);
      changed.delete(entry);
    },
    shown(userIds, states) {
      for (const userId of userIds) {
        const entry = entries.get(userId);
        const as = states.get(userId) ?? 'offline';
        if (entry === undefined || as === entry.told) continue;
        entry.isDoubtful = true;
        // They have changed since they were read: perhaps nothing else tells of it.
        if (as !== entry.state) markSoon(entry);
      }
    },
    goneAt(userId) {
      const at = entries.get(userId)?.goneAt;
      return at === undefined ? undefined : new Date(at);
    },
    async settled() {
      markDoubted();
      while (running !== undefined) await running;
    },
    async stop() {
      isStopped = true;
      clearTimeout(doubting);
      endPause();
      while (running !== undefined) await running;
      const now = clock();
      await writeLastSeen(db, new Map(Array.from(entries.values(), (entry) => [entry.userId, lastSeenOf(entry, now)])));
      entries.clear();
      changed.clear();
    },
  };
}

function take(from: Set<Entry>, limit: number): Entry[] {
  const taken: Entry[] = [];
  for (const entry of from) {
    if (taken.length === limit) break;
    taken.push(entry);
    from.delete(entry);
  }
  return taken;
}

const lastSeenOf = (entry: Entry, now: number): Date => new Date(entry.goneAt ?? now);

function goneOf(batch: readonly Entry[]): Map<string, Date> {
  const gone = batch.filter((entry) => entry.state === 'offline' && entry.goneAt !== undefined);
  return new Map(gone.map((entry) => [entry.userId, new Date(entry.goneAt!)]));
}

/**
 * What is to be told: the new state, if it is one. Who is no longer to see a person is told that they are gone, before
 * those are told who may still see them: some are both.
 */
function eventsOf(entry: Entry, person: Person, now: number): HubEvent[] {
  const { privacy } = person;
  // Told by somebody else before, and nobody knows to whom: to everyone, then.
  const before = entry.privacy ?? 'everyone';
  const current = describe(entry.state, entry.goneAt === undefined ? null : new Date(entry.goneAt), privacy, now);
  const toAll = () => eventOf(person, audienceOf(person.userId, privacy, person), current);
  if (entry.told !== 'offline' && isNarrower(privacy, before)) {
    const [own, ...others] = audienceOf(person.userId, before, person);
    const gone = eventOf(person, others.length === 0 ? [own] : (others as [string, ...string[]]), hidden);
    return [gone, toAll()];
  }
  const isNew = entry.state !== entry.told || entry.isDoubtful;
  return isNew || isBroader(privacy, before) ? [toAll()] : [];
}

function eventOf(person: Person, [topic, ...alsoTopics]: [string, ...string[]], presence: Presence): HubEvent {
  const data: EventPayload<'presence.updated'> = { userId: person.userId, username: person.username, ...presence };
  const copies = alsoTopics.length === 0 ? {} : { alsoTopics, id: randomUUID() };
  return { topic, name: 'presence.updated', data, ...copies };
}
