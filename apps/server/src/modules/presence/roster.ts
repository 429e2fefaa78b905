import type { Presence } from '@parley/contract';

export type State = Presence['state'];

/** A person's state became another one. */
export interface RosterChange {
  userId: string;
  from: State;
  to: State;
  /** Unix time in ms: when the person was last here, if they are gone now. */
  goneAt: number | undefined;
}

/**
 * Counts the connections of everyone, over all instances that share it. A person is `online` while any of their
 * connections is active, `away` while all are hidden, `offline` without one.
 */
export interface Roster {
  /** The connection is here, and its person looks or does not. Again for one that is known: only the latter changes. */
  put(userId: string, connectionId: string, isActive: boolean): Promise<void>;
  /** The connection is gone, since `goneAt` (Unix ms). Unknown connections are ignored. */
  drop(userId: string, connectionId: string, goneAt: number): Promise<void>;
  /** Those of the given people who are here; who is left out is offline. */
  statesOf(userIds: readonly string[]): Promise<ReadonlyMap<string, State>>;
  /** The connections of those of the given people who are here, on whatever instance. */
  connectionsOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly RosterConnection[]>>;
  /** Called once, before the first `put`. */
  listen(listener: RosterListener): void;
  /** Has whoever tells of this person look at them again (`onNudge`). */
  nudge(userId: string): Promise<void>;
  /** Whether the changes of this person are told on this instance now. */
  isTeller(userId: string): boolean;
  /** What is here stays counted for `graceMs`, for people to arrive elsewhere. */
  close(graceMs: number): Promise<void>;
}

export interface RosterListener {
  /** Each change is told once, on one instance, in the order of a person's changes. */
  onChange(change: RosterChange): void;
  onNudge(userId: string, state: State): void;
  /** Changes may have been missed, or are told elsewhere from here on: compare with `statesOf`. */
  onDoubt(): void;
}

export interface RosterConnection {
  instanceId: string;
  connectionId: string;
}

/** The roster of one process: changes are told before `put` or `drop` returns. */
export function createMemoryRoster(): Roster {
  const people = new Map<string, Map<string, boolean>>();
  let listener: RosterListener = { onChange() {}, onNudge() {}, onDoubt() {} };

  const stateNow = (userId: string): State => stateOf(people.get(userId)?.values() ?? []);

  function changing(userId: string, change: () => void, goneAt?: number): void {
    const from = stateNow(userId);
    change();
    const to = stateNow(userId);
    if (from !== to) listener.onChange({ userId, from, to, goneAt: to === 'offline' ? goneAt : undefined });
  }

  return {
    async put(userId, connectionId, isActive) {
      changing(userId, () => {
        const connections = people.get(userId);
        if (connections === undefined) people.set(userId, new Map([[connectionId, isActive]]));
        else connections.set(connectionId, isActive);
      });
    },
    async drop(userId, connectionId, goneAt) {
      const connections = people.get(userId);
      if (connections === undefined) return;
      changing(
        userId,
        () => {
          connections.delete(connectionId);
          if (connections.size === 0) people.delete(userId);
        },
        goneAt,
      );
    },
    async statesOf(userIds) {
      const present = userIds.filter((userId) => people.has(userId));
      return new Map(present.map((userId) => [userId, stateNow(userId)]));
    },
    async connectionsOf(userIds) {
      const present = userIds.filter((userId) => people.has(userId));
      return new Map(present.map((userId) => [userId, connectionsIn(people.get(userId)!)]));
    },
    listen(given) {
      listener = given;
    },
    async nudge(userId) {
      listener.onNudge(userId, stateNow(userId));
    },
    isTeller: () => true,
    async close() {},
  };
}

function connectionsIn(connections: ReadonlyMap<string, boolean>): RosterConnection[] {
  return Array.from(connections.keys(), (connectionId) => ({ instanceId: 'this', connectionId }));
}

/** Of somebody with these connections, each active or not. */
function stateOf(connections: Iterable<boolean>): State {
  let state: State = 'offline';
  for (const isActive of connections) {
    if (isActive) return 'online';
    state = 'away';
  }
  return state;
}
