import type { RosterConnection, State } from '../../modules/presence/roster.ts';

/** What this instance holds itself: the truth that a Redis which lost everything is told again. */
export interface OwnConnection {
  isActive: boolean;
  /** Redis has had it once, and so it was told of. */
  isEntered: boolean;
}

export interface ConnectionTable {
  set(userId: string, connectionId: string, isActive: boolean): OwnConnection;
  /** False for one that is not known. */
  delete(userId: string, connectionId: string): boolean;
  get(userId: string, connectionId: string): OwnConnection | undefined;
  state(userId: string): State;
  connectionIds(userId: string): readonly string[];
  entries(): { userId: string; connectionId: string }[];
}

export function createConnectionTable(): ConnectionTable {
  const people = new Map<string, Map<string, OwnConnection>>();
  return {
    set(userId, connectionId, isActive) {
      const connections = people.get(userId) ?? new Map<string, OwnConnection>();
      people.set(userId, connections);
      const connection = connections.get(connectionId) ?? { isActive, isEntered: false };
      connection.isActive = isActive;
      connections.set(connectionId, connection);
      return connection;
    },
    delete(userId, connectionId) {
      const connections = people.get(userId);
      if (connections?.delete(connectionId) !== true) return false;
      if (connections.size === 0) people.delete(userId);
      return true;
    },
    get: (userId, connectionId) => people.get(userId)?.get(connectionId),
    state(userId) {
      const connections = [...(people.get(userId)?.values() ?? [])];
      if (connections.some(({ isActive }) => isActive)) return 'online';
      return connections.length > 0 ? 'away' : 'offline';
    },
    connectionIds: (userId) => [...(people.get(userId)?.keys() ?? [])],
    entries: () =>
      [...people].flatMap(([userId, connections]) =>
        Array.from(connections.keys(), (connectionId) => ({ userId, connectionId })),
      ),
  };
}

/** "<instance>:<number> <connection>", as the scripts write it. */
export function parseConnection(field: string): RosterConnection {
  const space = field.indexOf(' ');
  const member = field.slice(0, space);
  return { instanceId: instanceOf(member), connectionId: field.slice(space + 1) };
}

export const instanceOf = (member: string): string => member.slice(0, member.lastIndexOf(':'));
