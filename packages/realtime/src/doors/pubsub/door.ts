import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { closeCodes } from '../../close-codes.ts';
import { type Connections, createConnections } from '../../connections.ts';
import type { Hub } from '../../hub/hub.ts';
import { silentLogger } from '../../logger.ts';
import { createHandshake } from '../../sockets/handshake.ts';
import { createOutbox } from '../../sockets/outbox.ts';
import { createTimingWheel, type TimingWheel } from '../../timing-wheel.ts';
import type { Authenticate, HubEvent, Identity, Logger, Refusal } from '../../types.ts';
import { PubSubSocket } from './connection.ts';
import { drainSockets } from './drain.ts';
import { createEventFrames } from './event-frames.ts';
import { receive } from './protocol.ts';
import type { PubSubCounters, PubSubRoom } from './room.ts';
import { type Published, type PubSubTable, toPublishedEvent } from './table.ts';

export interface PubSubDoorOptions {
  hub: Hub;
  /** A session on a socket is a connection; one that is closed takes its topics back, the socket stays. */
  connections: Connections;
  table: PubSubTable;
  authenticate: Authenticate;
  /** The hub topics of a user, all or those of a part (`within` of the table). */
  topicsOf(userId: string, within?: string): Promise<readonly string[]>;
  rootTopicOf(userId: string): string;
  /** Whether a user may hear a hub topic, as part of `within`. Asked for every topic that is narrowed by an id. */
  authorize(userId: string, topic: string, within?: string): Promise<boolean>;
  /** True for events after which the user may be in other parts of their topic: it is asked again. */
  mayChange?(event: HubEvent, userId: string): boolean;
  /** PUBLISH. By default it goes to the hub; a refusal it throws is answered. */
  publish?(identity: Identity, published: Published): void | Promise<void>;
  describeError(error: unknown): Refusal;
  allowOrigin(origin: string | undefined, request: IncomingMessage): boolean;
  addressOf?(request: IncomingMessage): string;
  /** Sockets that one address may have at this door. */
  maxPerAddress?: number;
  /** Topics that one socket may listen to. */
  maxTopics?: number;
  /** A socket that does not listen to anything for so long is closed. */
  firstListenMs?: number;
  /** A client PINGs at least this often. */
  pingMs?: number;
  maxBufferedBytes?: number;
  maxFrameBytes?: number;
  wheel?: TimingWheel;
  clock?: { now(): number };
  logger?: Logger;
}

export interface PubSubDoor {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Refuses new sockets, sends RECONNECT to the present ones, one after the other, and closes them within `afterMs`. */
  drain(afterMs: number): Promise<void>;
  close(): void;
  stats(): PubSubCounters & { connections: number; topics: number };
}

type OwnedSocket = WebSocket & { pubsub: PubSubSocket };

export function createPubSubDoor(options: PubSubDoorOptions): PubSubDoor {
  const addresses = createConnections({
    limits: options.maxPerAddress === undefined ? {} : { perAddress: options.maxPerAddress },
  });
  const room = createRoom(options, addresses);
  const { open } = room;
  const instance = randomBytes(6).toString('base64url');
  let isDraining = false;
  const handshake = createHandshake({
    isDraining: () => isDraining,
    allowOrigin: options.allowOrigin,
    addressOf: options.addressOf,
    enterAddress: (address) => enterBoth(addresses, room.connections, address),
    leaveAddress: room.leaveAddress,
    maxFrameBytes: options.maxFrameBytes,
    onOpen: accept,
  });
  const stopListening = room.hub.onEndSession((sessionId) =>
    room.connections.closeSession(sessionId, closeCodes.session_ended, 'session ended'),
  );

  function accept(opened: WebSocket, _request: IncomingMessage, address: string): void {
    const webSocket = opened as OwnedSocket;
    room.counters.opened += 1;
    const socket = new PubSubSocket(room, webSocket, `${instance}${room.counters.opened.toString(36)}`, address);
    webSocket.pubsub = socket;
    open.add(socket);
    webSocket.on('message', onMessage);
    webSocket.on('error', onError);
    webSocket.on('close', onClose);
  }

  return {
    handleUpgrade: handshake.handleUpgrade,
    async drain(afterMs) {
      isDraining = true;
      await drainSockets(open, afterMs);
    },
    close() {
      isDraining = true;
      stopListening();
      for (const socket of open) socket.webSocket.terminate();
      if (options.wheel === undefined) room.wheel.close();
      handshake.close();
    },
    stats() {
      let topics = 0;
      for (const socket of open) topics += socket.topics.size;
      return { ...room.counters, connections: open.size, topics };
    },
  };
}

function onMessage(this: WebSocket, data: Buffer, isBinary: boolean): void {
  receive((this as OwnedSocket).pubsub, data, isBinary);
}

/** ws closes the socket itself (1009 for frames that are too large, 1002 and 1007 for broken ones). */
function onError(this: WebSocket): void {
  (this as OwnedSocket).pubsub.badFrames += 1;
}

function onClose(this: WebSocket, code: number): void {
  const { pubsub: socket } = this as OwnedSocket;
  socket.room.open.delete(socket);
  socket.leave(code !== 1006);
  socket.room.wheel.cancel(socket);
  socket.room.leaveAddress(socket.address);
}

/** An address counts at this door, and over all doors. */
function enterBoth(own: Connections, all: Connections, address: string): boolean {
  if (!own.enterAddress(address)) return false;
  if (all.enterAddress(address)) return true;
  own.leaveAddress(address);
  return false;
}

function createRoom(options: PubSubDoorOptions, addresses: Connections): PubSubRoom {
  const { hub, table } = options;
  return {
    hub,
    table,
    connections: options.connections,
    frames: createEventFrames(table),
    outbox: createOutbox(),
    wheel: options.wheel ?? createTimingWheel(),
    counters: { opened: 0, slowReaders: 0, framesIn: 0, published: 0 },
    open: new Set(),
    logger: options.logger ?? silentLogger,
    firstListenMs: options.firstListenMs ?? 15_000,
    pingMs: options.pingMs ?? 300_000,
    maxTopics: options.maxTopics ?? 50,
    maxBufferedBytes: options.maxBufferedBytes ?? 1024 * 1024,
    now: options.clock?.now ?? Date.now,
    leaveAddress(address) {
      addresses.leaveAddress(address);
      options.connections.leaveAddress(address);
    },
    authenticate: options.authenticate,
    rootTopicOf: options.rootTopicOf,
    topicsOf: options.topicsOf,
    authorize: options.authorize,
    mayChange: options.mayChange ?? (() => false),
    publish: options.publish ?? ((_identity, published) => hub.publish(toPublishedEvent(table, published)!)),
    describeError: options.describeError,
  };
}
