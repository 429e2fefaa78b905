import type { Connection, ConnectionEvents } from './types.ts';

export interface ConnectionLimits {
  perUser?: number;
  perAddress?: number;
}

/** All live connections of this instance, over all doors. */
export interface Connections {
  readonly size: number;
  listen(events: ConnectionEvents): () => void;
  /** Counts a connection of this address, if the limit allows. Each `true` is paid back by `leaveAddress`. */
  enterAddress(address: string): boolean;
  leaveAddress(address: string): void;
  hasRoomFor(userId: string): boolean;
  add(connection: Connection): void;
  /** `clean`: the end was announced, by either side. False when it was lost or fell silent. */
  remove(connection: Connection, clean: boolean): void;
  setActive(connection: Connection, active: boolean): void;
  get(id: string): Connection | undefined;
  ofUser(userId: string): Iterable<Connection>;
  ofSession(sessionId: string): Iterable<Connection>;
  all(): Iterable<Connection>;
  closeSession(sessionId: string, code: number, reason: string): void;
  closeUser(userId: string, code: number, reason: string): void;
}

/** Most users and sessions have one connection: no set is spent on it. */
type Index = Map<string, Connection | Set<Connection>>;

export function createConnections({ limits = {} }: { limits?: ConnectionLimits } = {}): Connections {
  const byId = new Map<string, Connection>();
  const byUser: Index = new Map();
  const bySession: Index = new Map();
  const addresses = new Map<string, number>();
  const listeners = new Set<ConnectionEvents>();

  function closeAll(connections: Iterable<Connection>, code: number, reason: string): void {
    for (const connection of Array.from(connections)) connection.close(code, reason);
  }

  return {
    get size() {
      return byId.size;
    },
    listen(events) {
      listeners.add(events);
      return () => listeners.delete(events);
    },
    enterAddress(address) {
      const count = addresses.get(address) ?? 0;
      if (count >= (limits.perAddress ?? Number.POSITIVE_INFINITY)) return false;
      addresses.set(address, count + 1);
      return true;
    },
    leaveAddress(address) {
      const count = (addresses.get(address) ?? 0) - 1;
      if (count > 0) addresses.set(address, count);
      else addresses.delete(address);
    },
    hasRoomFor: (userId) => countOf(byUser, userId) < (limits.perUser ?? Number.POSITIVE_INFINITY),
    add(connection) {
      byId.set(connection.id, connection);
      addTo(byUser, connection.userId, connection);
      addTo(bySession, connection.sessionId, connection);
      for (const listener of listeners) listener.onOpen?.(connection);
    },
    remove(connection, clean) {
      if (!byId.delete(connection.id)) return;
      removeFrom(byUser, connection.userId, connection);
      removeFrom(bySession, connection.sessionId, connection);
      for (const listener of listeners) listener.onClose?.(connection, clean);
    },
    setActive(connection, active) {
      if (connection.active === active) return;
      connection.active = active;
      for (const listener of listeners) listener.onActivity?.(connection);
    },
    get: (id) => byId.get(id),
    ofUser: (userId) => allOf(byUser, userId),
    ofSession: (sessionId) => allOf(bySession, sessionId),
    all: () => byId.values(),
    closeSession: (sessionId, code, reason) => closeAll(allOf(bySession, sessionId), code, reason),
    closeUser: (userId, code, reason) => closeAll(allOf(byUser, userId), code, reason),
  };
}

function allOf(index: Index, key: string): Iterable<Connection> {
  const found = index.get(key);
  if (found === undefined) return [];
  return found instanceof Set ? found : [found];
}

function countOf(index: Index, key: string): number {
  const found = index.get(key);
  if (found === undefined) return 0;
  return found instanceof Set ? found.size : 1;
}

function addTo(index: Index, key: string, connection: Connection): void {
  const found = index.get(key);
  if (found === undefined) index.set(key, connection);
  else if (found instanceof Set) found.add(connection);
  else index.set(key, new Set([found, connection]));
}

function removeFrom(index: Index, key: string, connection: Connection): void {
  const found = index.get(key);
  if (found instanceof Set) found.delete(connection);
  if (found === connection || (found instanceof Set && found.size === 0)) index.delete(key);
}
