import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ConnectionLimits, type Connections, createConnections } from '../connections.ts';
import { createPubSubDoor, type PubSubDoor, type PubSubDoorOptions } from '../doors/pubsub/door.ts';
import { createPubSubTable, PUBLISHED } from '../doors/pubsub/table.ts';
import { createSocketIODoor, type SocketIODoor, type SocketIODoorOptions } from '../doors/socketio/door.ts';
import { createWebSocketDoor, type WebSocketDoor, type WebSocketDoorOptions } from '../doors/websocket/door.ts';
import { createHub, type Hub } from '../hub/hub.ts';
import { createTimingWheel } from '../timing-wheel.ts';
import type { Command, EventTable, HubEvent, Identity, Refusal } from '../types.ts';
import { routeUpgrades } from '../upgrade.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';
import { connectStage } from './stage-bus.ts';

/** A small product of its own, behind all doors, on a free port: for tests of the doors. */
export interface Stage {
  readonly url: string;
  readonly server: Server;
  readonly hub: Hub;
  readonly log: MemoryLog;
  readonly connections: Connections;
  readonly webSocket: WebSocketDoor;
  readonly socketIO: SocketIODoor;
  readonly pubSub: PubSubDoor;
  /** Topics of each user; change it and publish the grant or the revocation. */
  readonly topics: Map<string, string[]>;
  /** Topics that anybody may subscribe to. */
  readonly open: Set<string>;
  /** Topics in which a user, `user topic`, is more than the others. */
  readonly admins: Set<string>;
  readonly endedSessions: Set<string>;
  /** Appends to the log and publishes. */
  say(topic: string, more?: Partial<HubEvent>): HubEvent;
  close(): Promise<void>;
}

type DoorOptions = Partial<Omit<WebSocketDoorOptions & SocketIODoorOptions & PubSubDoorOptions, 'authorize'>> & {
  limits?: ConnectionLimits;
};

const events: EventTable = {
  said: {
    ws: 'said',
    socketio: { name: 'said', audience: 'topic', echo: 'not-origin' },
    chatNamespace: 'chat.said',
  },
  noted: { socketio: { name: 'noted', audience: 'user', echo: 'all' } },
  typing: { ws: 'typing', socketio: { name: 'typing', audience: 'topic', echo: 'not-actor' } },
  hidden: { internal: true },
  promoted: { internal: true },
  [PUBLISHED]: { internal: true },
};

const chatViews = {
  hubTopicOf: (id: string) => (/^\w+$/.test(id) ? `chat:${id}` : undefined),
  idOf: ({ topic }: HubEvent) => topic.slice('chat:'.length),
};

export const pubSubTable = createPubSubTable(
  {
    'chat:said': { ...chatViews, event: 'said' },
    'chat:typing': { ...chatViews, event: 'typing', scope: 'chat:read:typing' },
    'chat:secret': { ...chatViews, event: 'said', scope: 'chat:read:secret', within: 'admin' },
    'user:noted': { event: 'noted', hubTopicOf: (id) => `user:${id}`, idOf: ({ topic }) => topic.slice(5) },
  },
  {
    has: (topic) => topic.startsWith('app:'),
    readScope: () => 'app:read:any',
    writeScope: () => 'app:write:any',
  },
);

/** Tokens read `user`, `user/session`, `user/session/expiresAt` or `user/session/expiresAt/scopes`; anything that starts with
 * `bad` is refused. */
function identityOf(token: string): Identity {
  const [userId = '', sessionId = `${userId}-session`, expiresAt = '', scopes] = token.split('/');
  if (userId === '' || userId.startsWith('bad')) throw new RefusedError('unauthorized', 'Not a valid token');
  return {
    userId,
    sessionId,
    ...(expiresAt === '' ? {} : { expiresAt: Number(expiresAt) }),
    ...(scopes === undefined ? {} : { scopes: scopes.split(' ') }),
  };
}

class RefusedError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

function describeError(error: unknown): Refusal {
  if (error instanceof RefusedError) return { code: error.code, message: error.message };
  return { code: 'internal', message: 'Something went wrong' };
}

export async function setStage(options: DoorOptions = {}): Promise<Stage> {
  const log = createMemoryLog();
  const carrier = await connectStage(log);
  const own = createHub({ bus: carrier.bus, log, gapWaitMs: 10 });
  const hub = { ...own, publish: carrier.publish ?? own.publish };
  const connections = createConnections({ limits: options.limits ?? {} });
  const wheel = createTimingWheel({ tickMs: 20 });
  const topics = new Map<string, string[]>();
  const open = new Set<string>();
  const admins = new Set<string>();
  const endedSessions = new Set<string>();

  function say(topic: string, more: Partial<HubEvent> = {}): HubEvent {
    const event = log.append({ topic, name: 'said', data: { text: `${topic} said` }, ...more });
    hub.publish(event);
    return event;
  }

  const shared = {
    hub,
    connections,
    events,
    wheel,
    authenticate: async (token: string) => {
      const identity = identityOf(token);
      if (endedSessions.has(identity.sessionId)) throw new RefusedError('unauthorized', 'Session ended');
      return identity;
    },
    topicsOf: async (userId: string) => topics.get(userId)?.slice() ?? [],
    rootTopicOf: (userId: string) => `user:${userId}`,
    authorize: async (_userId: string, topic: string) => open.has(topic),
    commands: commandsOf(say),
    describeError,
    allowOrigin: (origin: string | undefined) => origin !== 'https://evil.example',
  };
  const topicOf = (fields: unknown) => {
    const { chatId } = fields as { chatId?: unknown };
    return typeof chatId === 'string' ? `chat:${chatId}` : undefined;
  };
  const webSocket = createWebSocketDoor({ ...shared, subscribeTopicOf: topicOf, ...options });
  const socketIO = createSocketIODoor({ ...shared, joinTopicOf: topicOf, ...options });
  const isIn = (userId: string, topic: string, within: string | undefined) =>
    within === undefined || admins.has(`${userId} ${topic}`);
  const pubSub = createPubSubDoor({
    ...shared,
    table: pubSubTable,
    async topicsOf(userId, within) {
      const own = await shared.topicsOf(userId);
      return own.filter((topic) => isIn(userId, topic, within));
    },
    async authorize(userId, topic, within) {
      const mayHear = topic === `user:${userId}` || open.has(topic) || topics.get(userId)?.includes(topic) === true;
      return mayHear && isIn(userId, topic, within);
    },
    mayChange: (event) => event.name === 'promoted',
    ...options,
  });
  const server = createServer((_request, response) => response.writeHead(404).end());
  socketIO.attach(server);
  routeUpgrades(server, {
    '/ws': webSocket.handleUpgrade,
    '/socket.io': socketIO.handleUpgrade,
    '/pubsub': pubSub.handleUpgrade,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    hub,
    log,
    connections,
    webSocket,
    socketIO,
    pubSub,
    topics,
    open,
    admins,
    endedSessions,
    say,
    async close() {
      webSocket.close();
      pubSub.close();
      await socketIO.close();
      hub.close();
      await carrier.close();
      wheel.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function commandsOf(say: Stage['say']): Record<string, Command> {
  const send: Command = {
    parse(input) {
      const { chatId, text } = (input ?? {}) as { chatId?: unknown; text?: unknown };
      if (typeof chatId !== 'string' || typeof text !== 'string') {
        throw new RefusedError('validation_error', 'chatId and text: strings');
      }
      return { chatId, text };
    },
    serialKey: (input: { chatId: string }) => input.chatId,
    async handle({ connection, identity }, input: { chatId: string; text: string }) {
      // The first takes longest: only taking turns keeps the order.
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, 20 - input.text.length * 5)));
      const more = { data: { text: input.text }, actor: identity.userId, origin: connection.id };
      const { offset } = say(`chat:${input.chatId}`, more);
      return { type: 'ack', id: `m${offset}` };
    },
  };
  const fail: Command = {
    parse: (input) => input,
    handle() {
      throw new Error('unexpected');
    },
  };
  return { send, fail };
}
