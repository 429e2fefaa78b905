import { type EventPayload, type Presence, userTopic } from '@parley/contract';
import type { Connection, HubEvent } from '@parley/realtime';
import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/schema.ts';
import { createAnnouncer } from './announcer.ts';
import { describe, hidden, maySee, presenceTopic } from './privacy.ts';
import { createMemoryRoster, type Roster, type RosterConnection } from './roster.ts';
import { acquaintances } from './store.ts';

/** Added to the time a drain takes, for people to arrive elsewhere. */
const drainGraceMs = 5_000;
const reconcileBatch = 500;

/** Who is here, and who may know it. */
export interface PresenceService {
  opened(connection: Connection): void;
  /** However it ended, the person has the same time to come back: a lost connection was silent long before it is noticed. */
  closed(connection: Connection, clean: boolean): void;
  activity(connection: Connection): void;
  /** Each of the given people as the viewer may see them; ids of nobody are left out. */
  presenceOf(viewerId: string, userIds: readonly string[]): Promise<Map<string, Presence>>;
  /** The same as payloads of `presence.updated`. */
  describe(viewerId: string, userIds: readonly string[]): Promise<EventPayload<'presence.updated'>[]>;
  /** Those of the given people with whom the viewer shares a chat. */
  canWatch(viewerId: string, userIds: readonly string[]): Promise<string[]>;
  /** To be called when a person's settings changed: who may see them is told anew. */
  refresh(userId: string): Promise<void>;
  /** What the viewer may see of a person has just changed: they are told what holds now, and watch no longer. */
  retell(userId: string, viewerId: string): Promise<void>;
  /** The live connections of each of the given people, on whatever instance. */
  connectionsOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly RosterConnection[]>>;
  /** From here on connections close because this process stops within `afterMs`: their people come back elsewhere. */
  drain(afterMs: number): void;
  /** Resolves when all changes so far are told. */
  settled(): Promise<void>;
  /** Stores when those who are still here were last seen. */
  stop(): Promise<void>;
}

interface Options {
  db: Db;
  publish(event: HubEvent): void;
  clock?: Clock;
  roster?: Roster;
  /** How long somebody whose connection closed is still counted as here. */
  graceMs?: number;
  onError(error: unknown, what: string): void;
}

export function createPresence(options: Options): PresenceService {
  const { db, publish, onError, clock = Date.now, roster = createMemoryRoster() } = options;
  const announcer = createAnnouncer({ db, publish, clock, onError, isShared: options.roster !== undefined });
  const leaving = new Set<NodeJS.Timeout>();
  let graceMs = options.graceMs ?? 1_500;
  let isStopped = false;

  roster.listen({
    onChange: announcer.note,
    onNudge: announcer.recheck,
    onDoubt: () => reconcile().catch((error) => onError(error, 'could not compare who is here')),
  });

  /** Told are the differences between what is taken to be and what is. */
  async function reconcile(): Promise<void> {
    for (const userId of announcer.known().keys()) if (!roster.isTeller(userId)) announcer.forget(userId);
    const userIds = [...announcer.known().keys()];
    for (let start = 0; start < userIds.length && !isStopped; start += reconcileBatch) {
      const batch = userIds.slice(start, start + reconcileBatch);
      noteDifferences(batch, await roster.statesOf(batch));
    }
  }

  function noteDifferences(userIds: readonly string[], states: Awaited<ReturnType<Roster['statesOf']>>): void {
    const known = announcer.known();
    for (const userId of userIds) {
      const from = known.get(userId);
      const to = states.get(userId) ?? 'offline';
      if (from === undefined || from === to) continue;
      announcer.note({ userId, from, to, goneAt: to === 'offline' ? clock() : undefined });
    }
  }

  function attempt(work: Promise<void>): void {
    work.catch((error) => onError(error, 'could not count a connection'));
  }

  function put({ userId, id, active }: Connection): void {
    if (!isStopped) attempt(roster.put(userId, id, active));
  }

  function closed({ userId, id }: Connection): void {
    if (isStopped) return;
    const goneAt = clock();
    const timer = setTimeout(() => {
      leaving.delete(timer);
      attempt(roster.drop(userId, id, goneAt));
    }, graceMs);
    leaving.add(timer);
  }

  async function describeAll(viewerId: string, userIds: readonly string[]) {
    if (userIds.length === 0) return [];
    const found = await acquaintances(db, viewerId, userIds);
    const states = await roster.statesOf(userIds);
    announcer.shown(userIds, states);
    const now = clock();
    return found.map((person) => {
      const { userId, username, privacy } = person;
      const lastSeen = announcer.goneAt(userId) ?? person.lastSeenAt;
      const shownAs = person.isSelf ? 'everyone' : privacy;
      const presence = maySee(privacy, person)
        ? describe(states.get(userId) ?? 'offline', lastSeen, shownAs, now)
        : hidden;
      return { userId, username, ...presence };
    });
  }

  return {
    opened: put,
    activity: put,
    closed,
    describe: describeAll,
    async presenceOf(viewerId, userIds) {
      const described = await describeAll(viewerId, userIds);
      return new Map(described.map(({ userId, username: _, ...presence }) => [userId, presence]));
    },
    async canWatch(viewerId, userIds) {
      const others = userIds.filter((userId) => userId !== viewerId);
      if (others.length === 0) return [];
      const found = await acquaintances(db, viewerId, others);
      return found.filter((person) => person.sharesChat && !person.isBlocked).map((person) => person.userId);
    },
    async refresh(userId) {
      // Who is told nothing now is told the next time something changes.
      await roster.nudge(userId).catch((error) => onError(error, 'could not look at a person again'));
    },
    async retell(userId, viewerId) {
      publish({ topic: presenceTopic(userId), name: 'presence.withheld', data: { userId }, revoke: [viewerId] });
      for (const data of await describeAll(viewerId, [userId])) {
        publish({ topic: userTopic(viewerId), name: 'presence.updated', data });
      }
    },
    connectionsOf: roster.connectionsOf,
    drain(afterMs) {
      graceMs = Math.max(graceMs, afterMs + drainGraceMs);
    },
    settled: announcer.settled,
    async stop() {
      isStopped = true;
      for (const timer of leaving) clearTimeout(timer);
      leaving.clear();
      await announcer.stop();
      await roster.close(drainGraceMs);
    },
  };
}
