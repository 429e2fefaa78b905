import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Namespace, Server, type ServerOptions, type Socket } from 'socket.io';
import { closeCodes } from '../../close-codes.ts';
import type { Connections } from '../../connections.ts';
import { drainConnections } from '../../drain.ts';
import type { Hub } from '../../hub/hub.ts';
import { silentLogger } from '../../logger.ts';
import { createTimingWheel, type TimingWheel } from '../../timing-wheel.ts';
import type { Authenticate, Command, EventTable, Logger, Refusal } from '../../types.ts';
import { admissionOf, admitSocket } from './authentication.ts';
import { boundBuffers } from './backpressure.ts';
import { createBroadcaster } from './broadcaster.ts';
import { connectionOf, SocketIOConnection } from './connection.ts';
import { onSocketEvent } from './events.ts';
import { createFollowers } from './followers.ts';
import { leaveAll, resumeFromHandshake } from './joining.ts';
import type { Lobby } from './lobby.ts';

export interface SocketIODoorOptions {
  hub: Hub;
  connections: Connections;
  events: EventTable;
  /** JWT first, then session token, is the embedder's choice. */
  authenticate: Authenticate;
  topicsOf(userId: string): Promise<readonly string[]>;
  rootTopicOf(userId: string): string;
  /** For topics that are not among `topicsOf`. */
  authorize(userId: string, topic: string): Promise<boolean>;
  userRoomOf?(userId: string): string;
  roomOf?(topic: string): string;
  commands: Readonly<Record<string, Command>>;
  /** Which topic the payload of `room:join` names; throws or returns undefined when malformed. */
  joinTopicOf(payload: unknown): string | undefined;
  describeError(error: unknown): Refusal;
  allowOrigin(origin: string | undefined, request: IncomingMessage): boolean;
  corsOrigins?: string[] | boolean;
  addressOf?(request: IncomingMessage): string;
  chatNamespace?: string;
  path?: string;
  adapter?: ServerOptions['adapter'];
  maxBufferedBytes?: number;
  maxFrameBytes?: number;
  pingMs?: number;
  wheel?: TimingWheel;
  clock?: { now(): number };
  logger?: Logger;
}

export interface SocketIODoor {
  readonly io: Server;
  /** Serves HTTP long-polling on this server. Upgrades are the router's: see `handleUpgrade`. */
  attach(httpServer: HttpServer): void;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  drain(afterMs: number): Promise<void>;
  close(): Promise<void>;
  stats(): { connections: number; opened: number; slowReaders: number; followers: number };
}

export function createSocketIODoor(options: SocketIODoorOptions): SocketIODoor {
  let isDraining = false;
  const io = new Server(serverOptions(options, () => !isDraining));
  const chat = io.of(options.chatNamespace ?? '/chat');
  const lobby = createLobby(options, io, chat);
  const stopListening = lobby.hub.onEndSession((sessionId) => {
    lobby.endedSessions.add(sessionId);
    lobby.connections.closeSession(sessionId, closeCodes.session_ended, 'session_ended');
  });
  for (const namespace of [io.of('/'), chat]) {
    namespace.use((socket, next) => void admitSocket(lobby, socket, next));
    namespace.on('connection', (socket) => open(lobby, socket, namespace === chat));
  }

  return {
    io,
    attach(httpServer) {
      const present = new Set(httpServer.listeners('upgrade'));
      io.attach(httpServer, { destroyUpgrade: false } as Partial<ServerOptions>);
      for (const listener of httpServer.listeners('upgrade')) {
        if (!present.has(listener)) httpServer.off('upgrade', listener as (...args: unknown[]) => void);
      }
      boundBuffers(lobby, io.engine);
    },
    handleUpgrade(request, socket, head) {
      io.engine.handleUpgrade(request as Parameters<typeof io.engine.handleUpgrade>[0], socket, head);
    },
    async drain(afterMs) {
      isDraining = true;
      await drainConnections(lobby.open, afterMs, (connection, ms) =>
        connection.socket.emit('reconnect', { afterMs: ms }),
      );
    },
    async close() {
      isDraining = true;
      stopListening();
      lobby.followers.close();
      if (options.wheel === undefined) lobby.wheel.close();
      // Local: with an adapter that spans instances it would end the sockets of all of them.
      io.local.disconnectSockets(true);
      // Not io.close(): that would close the HTTP server, which is the embedder's.
      for (const namespace of [io.of('/'), chat]) await namespace.adapter.close();
      io.engine?.close();
    },
    stats: () => ({ ...lobby.counters, connections: lobby.open.size, followers: lobby.followers.size }),
  };
}

function serverOptions(options: SocketIODoorOptions, isOpen: () => boolean): Partial<ServerOptions> {
  return {
    path: options.path ?? '/socket.io',
    serveClient: false,
    maxHttpBufferSize: options.maxFrameBytes ?? 64 * 1024,
    pingInterval: options.pingMs ?? 25_000,
    cors: { origin: options.corsOrigins ?? false, credentials: true },
    allowRequest: (request, decide) => decide(null, isOpen() && options.allowOrigin(request.headers.origin, request)),
    ...(options.adapter === undefined ? {} : { adapter: options.adapter }),
  };
}

function createLobby(options: SocketIODoorOptions, io: Server, chat: Namespace): Lobby {
  const userRoomOf = options.userRoomOf ?? ((userId) => `user:${userId}`);
  const roomOf = options.roomOf ?? ((topic) => topic);
  const broadcaster = createBroadcaster({ main: io.of('/'), chat, events: options.events, userRoomOf, roomOf });
  const topicsOf = (userId: string) => options.topicsOf(userId);
  return {
    hub: options.hub,
    connections: options.connections,
    broadcaster,
    followers: createFollowers({ hub: options.hub, broadcaster, roomOf, topicsOf, rootTopicOf: options.rootTopicOf }),
    wheel: options.wheel ?? createTimingWheel(),
    commands: new Map(Object.entries(options.commands)),
    counters: { opened: 0, slowReaders: 0 },
    open: new Set(),
    endedSessions: createBoundedSet(10_000),
    logger: options.logger ?? silentLogger,
    maxBufferedBytes: options.maxBufferedBytes ?? 1024 * 1024,
    now: options.clock?.now ?? Date.now,
    addressOf: options.addressOf ?? ((request) => request.socket.remoteAddress ?? ''),
    authenticate: options.authenticate,
    authorize: options.authorize,
    rootTopicOf: options.rootTopicOf,
    joinTopicOf: options.joinTopicOf,
    describeError: options.describeError,
    userRoomOf,
    roomOf,
  };
}

function open(lobby: Lobby, socket: Socket, isChat: boolean): void {
  const admission = admissionOf(socket);
  // Admitted by an embedder's middleware instead of ours: not a connection of this door.
  if (admission === undefined) return;
  const { identity, follower } = admission;
  const connection = new SocketIOConnection(lobby, socket, identity, follower);
  lobby.open.add(connection);
  lobby.counters.opened += 1;
  follower.sockets.add(socket);
  lobby.connections.add(connection);
  socket.on('disconnect', onDisconnect);
  socket.on('error', ignoreBadPacket);
  // The session may have ended, or the follower been given up, between the check of the token and this moment.
  if (lobby.endedSessions.has(identity.sessionId)) connection.close(closeCodes.session_ended, 'session_ended');
  else if (follower.isReleased) connection.close(closeCodes.try_again, 'try_again');
  else start(connection, isChat);
}

function start(connection: SocketIOConnection, isChat: boolean): void {
  const { lobby, socket } = connection;
  void socket.join(lobby.userRoomOf(connection.userId));
  connection.watchToken();
  if (isChat) return;
  socket.onAny(onSocketEvent);
  void resumeFromHandshake(connection);
}

function onDisconnect(this: Socket, reason: string): void {
  const connection = connectionOf(this);
  const { lobby, follower } = connection;
  lobby.open.delete(connection);
  lobby.wheel.cancel(connection);
  leaveAll(connection);
  follower.sockets.delete(this);
  lobby.followers.touch(follower);
  lobby.connections.remove(connection, reason !== 'ping timeout' && reason !== 'transport error');
}

/** A packet that cannot be decoded ends its connection; it is no error of this server. */
function ignoreBadPacket(): void {}

function createBoundedSet(limit: number) {
  const values = new Set<string>();
  return {
    has: (value: string) => values.has(value),
    add(value: string) {
      values.add(value);
      if (values.size > limit) values.delete(values.values().next().value as string);
    },
  };
}
