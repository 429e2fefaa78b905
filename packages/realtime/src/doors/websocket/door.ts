import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { closeCodes } from '../../close-codes.ts';
import type { Connections } from '../../connections.ts';
import { drainConnections } from '../../drain.ts';
import type { Hub } from '../../hub/hub.ts';
import { silentLogger } from '../../logger.ts';
import { createHandshake } from '../../sockets/handshake.ts';
import { createOutbox } from '../../sockets/outbox.ts';
import { createTimingWheel, type TimingWheel } from '../../timing-wheel.ts';
import type { Authenticate, Command, EventTable, Logger, Refusal } from '../../types.ts';
import { signIn } from './authentication.ts';
import { SocketConnection } from './connection.ts';
import { createEventFrames } from './event-frames.ts';
import { goOn, receive } from './protocol.ts';
import type { DoorCounters, Room } from './room.ts';

const SUBPROTOCOL = 'parley';

export interface WebSocketDoorOptions {
  hub: Hub;
  connections: Connections;
  events: EventTable;
  authenticate: Authenticate;
  /** All topics of a user, read from the truth: it decides who is told what. */
  topicsOf(userId: string): Promise<readonly string[]>;
  /** The topic on which grants to a user arrive. */
  rootTopicOf(userId: string): string;
  /** For topics that are not among `topicsOf`. */
  authorize(userId: string, topic: string): Promise<boolean>;
  commands: Readonly<Record<string, Command>>;
  /** Which topic the fields of a `subscribe` frame name. */
  subscribeTopicOf(frame: Readonly<Record<string, unknown>>): string | undefined;
  describeError(error: unknown): Refusal;
  allowOrigin(origin: string | undefined, request: IncomingMessage): boolean;
  /** Whose connections are counted together; default: the peer's address. */
  addressOf?(request: IncomingMessage): string;
  pingMs?: number;
  authTimeoutMs?: number;
  maxBufferedBytes?: number;
  maxFrameBytes?: number;
  wheel?: TimingWheel;
  clock?: { now(): number };
  logger?: Logger;
}

export interface WebSocketDoor {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Refuses new connections, asks the present ones to reconnect elsewhere and closes them within `afterMs`. */
  drain(afterMs: number): Promise<void>;
  close(): void;
  stats(): DoorCounters & { connections: number };
}

type OwnedSocket = WebSocket & { connection: SocketConnection };

export function createWebSocketDoor(options: WebSocketDoorOptions): WebSocketDoor {
  const room = createRoom(options);
  const { open } = room;
  const instance = randomBytes(6).toString('base64url');
  const authTimeoutMs = options.authTimeoutMs ?? 10_000;
  let isDraining = false;
  const handshake = createHandshake({
    isDraining: () => isDraining,
    allowOrigin: options.allowOrigin,
    addressOf: options.addressOf,
    enterAddress: room.connections.enterAddress,
    leaveAddress: room.connections.leaveAddress,
    maxFrameBytes: options.maxFrameBytes,
    subprotocol: SUBPROTOCOL,
    onOpen: accept,
  });
  const stopListening = room.hub.onEndSession((sessionId) =>
    room.connections.closeSession(sessionId, closeCodes.session_ended, 'session ended'),
  );

  function accept(opened: WebSocket, request: IncomingMessage, address: string): void {
    const webSocket = opened as OwnedSocket;
    room.counters.opened += 1;
    const id = `${instance}${room.counters.opened.toString(36)}`;
    const connection = new SocketConnection(room, webSocket, id, address);
    webSocket.connection = connection;
    webSocket.on('message', onMessage);
    webSocket.on('pong', onPong);
    webSocket.on('error', onError);
    webSocket.on('close', onClose);
    open.add(connection);
    room.wheel.schedule(connection, authTimeoutMs);
    const token = tokenOf(request);
    if (token !== undefined) void signIn(connection, token, {}, goOn);
  }

  return {
    handleUpgrade: handshake.handleUpgrade,
    async drain(afterMs) {
      isDraining = true;
      await drainConnections(open, afterMs, (connection, ms) => connection.send({ type: 'reconnect', afterMs: ms }));
    },
    close() {
      isDraining = true;
      stopListening();
      for (const connection of open) connection.webSocket.terminate();
      if (options.wheel === undefined) room.wheel.close();
      handshake.close();
    },
    stats: () => ({ ...room.counters, connections: open.size }),
  };
}

function createRoom(options: WebSocketDoorOptions): Room {
  return {
    hub: options.hub,
    connections: options.connections,
    frames: createEventFrames(options.events),
    outbox: createOutbox(),
    wheel: options.wheel ?? createTimingWheel(),
    commands: new Map(Object.entries(options.commands)),
    counters: { opened: 0, slowReaders: 0, framesIn: 0 },
    open: new Set(),
    logger: options.logger ?? silentLogger,
    pingMs: options.pingMs ?? 25_000,
    maxBufferedBytes: options.maxBufferedBytes ?? 1024 * 1024,
    now: options.clock?.now ?? Date.now,
    authenticate: options.authenticate,
    topicsOf: (subscriber) => options.topicsOf(subscriber.userId as string),
    rootTopicOf: options.rootTopicOf,
    authorize: options.authorize,
    subscribeTopicOf: options.subscribeTopicOf,
    describeError: options.describeError,
  };
}

/** `?token=`, or the subprotocol beside ours. Never logged: neither the address nor the header leaves this function. */
function tokenOf(request: IncomingMessage): string | undefined {
  const query = new URLSearchParams((request.url ?? '').split('?', 2)[1]).get('token');
  if (query !== null && query !== '') return query;
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  return protocols[0] === SUBPROTOCOL ? protocols[1] : undefined;
}

function onMessage(this: WebSocket, data: Buffer, isBinary: boolean): void {
  receive((this as OwnedSocket).connection, data, isBinary);
}

function onPong(this: WebSocket): void {
  (this as OwnedSocket).connection.heard();
}

/** ws closes the socket itself (1009 for frames that are too large, 1002 and 1007 for broken ones). */
function onError(this: WebSocket): void {
  (this as OwnedSocket).connection.badFrames += 1;
}

function onClose(this: WebSocket, code: number): void {
  const { connection } = this as OwnedSocket;
  connection.room.open.delete(connection);
  connection.leave(code !== 1006);
  connection.room.wheel.cancel(connection);
  connection.room.connections.leaveAddress(connection.address);
}
