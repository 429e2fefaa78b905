import type { Roster, RosterChange, RosterConnection, RosterListener, State } from '../../modules/presence/roster.ts';
import { createConnectionTable, parseConnection } from './connection-table.ts';
import { tellerOf } from './homes.ts';
import { createMembership, leaseMs } from './membership.ts';
import type { PresenceStore } from './redis-store.ts';

const batchSize = 200;

interface Options {
  store: PresenceStore;
  instanceId: string;
  onError(error: unknown, what: string): void;
  /** For tests. */
  times?: { leaseMs: number; beatMs: number; rejoinMs: number };
}

/**
 * The roster that instances share. Redis may lose it at any time: each instance keeps what is its own and enters it
 * again; while Redis is away each one sees those who are connected to itself.
 */
export function createRedisRoster({ store, instanceId, onError, times }: Options): Roster {
  const own = createConnectionTable();
  let listener: RosterListener = { onChange() {}, onNudge() {}, onDoubt() {} };
  const membership = createMembership({
    store,
    instanceId,
    onError,
    onJoined: enterAll,
    onLiving: doubtLater,
    ...(times === undefined ? {} : { times }),
  });

  let doubtTimer: NodeJS.Timeout | undefined;

  store.onOpen(doubtLater);
  store.onLost(membership.doubt);
  store.onMessage((text) => {
    const change = JSON.parse(text) as RosterChange;
    if (change.from === change.to) listener.onNudge(change.userId, change.to);
    else listener.onChange({ ...change, goneAt: change.goneAt });
  });

  /** When the others have had the time to enter what is theirs. */
  function doubtLater(): void {
    clearTimeout(doubtTimer);
    doubtTimer = setTimeout(() => listener.onDoubt(), times?.leaseMs ?? leaseMs);
    doubtTimer.unref();
  }

  /** What fails is entered, or left out, when this instance joins again. */
  async function attempt(script: 'puts' | 'leave', ...args: (string | number)[]): Promise<boolean> {
    const { member } = membership;
    if (member === undefined) return false;
    try {
      const isDone = Number(await store.run(script, member, ...args)) === 1;
      if (!isDone) membership.doubt();
      return isDone;
    } catch (error) {
      if (membership.member === member) onError(error, 'presence is not shared while Redis is away');
      membership.doubt();
      return false;
    }
  }

  /** Who was told of before is entered in silence: their teller knows them, and compares what it knows later. */
  async function enterAll(member: string): Promise<void> {
    const entries = own.entries();
    for (let start = 0; start < entries.length; start += batchSize) {
      const batch = entries.slice(start, start + batchSize);
      await enter(member, batch, true);
      await enter(member, batch, false);
    }
    doubtLater();
  }

  /** Reads what is true now: some may have gone, or looked away, since this began. */
  async function enter(member: string, entries: ReturnType<typeof own.entries>, isEntered: boolean): Promise<void> {
    const batch = entries.flatMap(({ userId, connectionId }) => {
      const connection = own.get(userId, connectionId);
      return connection?.isEntered === isEntered ? [{ userId, connectionId, connection }] : [];
    });
    if (batch.length === 0) return;
    const args = batch.flatMap(({ userId, connectionId, connection }) => [
      userId,
      connectionId,
      Number(connection.isActive),
    ]);
    await store.run('puts', member, Number(!isEntered), ...args);
    for (const { connection } of batch) connection.isEntered = true;
  }

  /** Redis' answer for each of the given people; undefined while it is away. */
  async function ask<T>(script: 'states' | 'sockets', userIds: readonly string[]): Promise<T[] | undefined> {
    if (membership.member === undefined) return undefined;
    const answers: T[] = [];
    try {
      for (let start = 0; start < userIds.length; start += batchSize) {
        const batch = userIds.slice(start, start + batchSize);
        answers.push(...((await store.run(script, ...batch)) as T[]));
      }
      return answers;
    } catch (error) {
      onError(error, 'Redis does not say who is here; those on this instance are known');
      membership.doubt();
      return undefined;
    }
  }

  return {
    async put(userId, connectionId, isActive) {
      const connection = own.set(userId, connectionId, isActive);
      if (await attempt('puts', 1, userId, connectionId, Number(isActive))) connection.isEntered = true;
    },
    async drop(userId, connectionId, goneAt) {
      if (own.delete(userId, connectionId)) await attempt('leave', userId, connectionId, goneAt);
    },
    async statesOf(userIds) {
      const found = await ask<State>('states', userIds);
      const states = userIds.map((userId, index) => [userId, found?.[index] ?? own.state(userId)] as const);
      return new Map(states.filter(([, state]) => state !== 'offline'));
    },
    async connectionsOf(userIds) {
      const found = await ask<string[]>('sockets', userIds);
      const connections = userIds.map((userId, index) => {
        const local = (): RosterConnection[] =>
          own.connectionIds(userId).map((id) => ({ instanceId, connectionId: id }));
        return [userId, found?.[index]?.map(parseConnection) ?? local()] as const;
      });
      return new Map(connections.filter(([, list]) => list.length > 0));
    },
    listen(given) {
      listener = given;
    },
    async nudge(userId) {
      if (membership.member === undefined) listener.onNudge(userId, own.state(userId));
      else await store.run('nudge', userId);
    },
    isTeller: (userId) => tellerOf(userId, membership.living) === instanceId,
    async close(graceMs) {
      clearTimeout(doubtTimer);
      await membership.retire(graceMs).catch((error) => onError(error, 'the lease of presence was not shortened'));
      store.close();
    },
  };
}
