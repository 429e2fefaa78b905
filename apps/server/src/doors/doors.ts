import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { AppError, chatTopic, events, userTopic } from '@parley/contract';
import {
  type Connection,
  type Connections,
  createPubSubDoor,
  createSocketIODoor,
  createTimingWheel,
  createWebSocketDoor,
  type EventTable,
  type Hub,
  PUBLISHED,
  routeUpgrades,
  type SocketIODoorOptions,
  toPublishedEvent,
} from '@parley/realtime';
import type { Logger } from 'pino';
import type { Limits } from '../http/limits.ts';
import type { Origins } from '../http/origins.ts';
import { createWatching } from '../modules/presence/watching.ts';
import type { Modules } from '../modules.ts';
import { createDescribeError } from './describe-error.ts';
import { createPubSubRights } from './pubsub-rights.ts';
import { pubsubTable } from './pubsub-table.ts';
import { parseJoin, socketioCommands } from './socketio-commands.ts';
import { websocketCommands } from './websocket-commands.ts';

interface Options {
  hub: Hub;
  connections: Connections;
  modules: Modules;
  limits: Limits;
  origins: Origins;
  logger: Logger;
  addressOf(request: IncomingMessage): string;
  /** Socket.IO's, of several instances. */
  socketAdapter?: SocketIODoorOptions['adapter'];
  /** Sockets on `/pubsub` that one address may have. */
  pubsubPerAddress: number;
}

/** Undefined for what names no chat: then there is nothing to subscribe to, which is no reason to hang up. */
function chatTopicOf(input: unknown): string | undefined {
  try {
    return chatTopic((parseJoin(input) as { chatId: string }).chatId);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** The socket doors: they translate, the services decide. */
export function createDoors(options: Options) {
  const { hub, connections, modules, limits, origins, logger, addressOf } = options;
  const { auth, members, messages, reading, typing } = modules;
  const wheel = createTimingWheel();
  const watching = createWatching({
    hub,
    presence: modules.presence,
    isOpen: (watcher) => connections.get((watcher as unknown as Connection).id) !== undefined,
  });
  const services = { messages, reading, typing, limits, connections, watching };
  const shared = {
    hub,
    connections,
    wheel,
    logger,
    addressOf,
    events: { ...events, [PUBLISHED]: { internal: true } } as EventTable,
    authenticate: auth.authenticate,
    topicsOf: members.topicsOf,
    rootTopicOf: userTopic,
    authorize: members.maySubscribe,
    describeError: createDescribeError(logger),
    allowOrigin: origins.allows,
  };
  const websocket = createWebSocketDoor({
    ...shared,
    commands: websocketCommands(services),
    subscribeTopicOf: chatTopicOf,
  });
  const socketio = createSocketIODoor({
    ...shared,
    commands: socketioCommands(services),
    joinTopicOf: chatTopicOf,
    corsOrigins: [...origins.listed],
    ...(options.socketAdapter === undefined ? {} : { adapter: options.socketAdapter }),
  });

  const pubsub = createPubSubDoor({
    ...shared,
    ...createPubSubRights(modules),
    table: pubsubTable,
    maxPerAddress: options.pubsubPerAddress,
    async publish({ userId }, published) {
      await limits.take('publish', userId);
      hub.publish(toPublishedEvent(pubsubTable, published)!);
    },
  });

  return {
    websocket,
    socketio,
    pubsub,
    attach(server: HttpServer): void {
      socketio.attach(server);
      routeUpgrades(server, {
        '/ws': websocket.handleUpgrade,
        '/socket.io': socketio.handleUpgrade,
        '/pubsub': pubsub.handleUpgrade,
      });
    },
    async drain(afterMs: number): Promise<void> {
      await Promise.all([websocket, socketio, pubsub].map((door) => door.drain(afterMs)));
    },
    async close(): Promise<void> {
      websocket.close();
      pubsub.close();
      await socketio.close();
      wheel.close();
    },
  };
}
