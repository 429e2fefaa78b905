/**
 * A realtime server of one file: rooms with lines of text, on all three doors. Start it with `node server.ts`.
 *
 * A module brings its events (and how each door spells them), its PubSub topics and its commands; the server knows none
 * of them. What it keeps, it keeps in memory: put a `TopicLog` on your database in place of `createMemoryLog`.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Command,
  createConnections,
  createHub,
  createMemoryBus,
  createPubSubDoor,
  createPubSubTable,
  createSocketIODoor,
  createTimingWheel,
  createWebSocketDoor,
  type EventSpelling,
  type HubEvent,
  type Identity,
  type PubSubTopic,
  routeUpgrades,
} from '@parley/realtime';
import { createMemoryLog } from '@parley/realtime/testing';

/** Logs an event of a module and tells everyone who may hear its topic. Returns its place in the log. */
export type Tell<Payloads> = <N extends keyof Payloads & string>(event: {
  name: N;
  topic: string;
  data: Payloads[N];
  actor: string;
  origin: string;
}) => number;

/** `Payloads` maps each event's name to what it tells. */
export interface Module<Payloads = Record<string, object>> {
  events: { [N in keyof Payloads & string]: EventSpelling };
  topics: Readonly<Record<string, PubSubTopic>>;
  commands(tell: Tell<Payloads>): Readonly<Record<string, Command>>;
}

export const roomTopic = (room: string): string => `room:${room}`;

/** For PubSub topics that are narrowed by a room: `name.<room>`. */
export const byRoom = {
  hubTopicOf: (room: string) => (/^\w+$/.test(room) ? roomTopic(room) : undefined),
  idOf: ({ topic }: HubEvent) => topic.slice('room:'.length),
};

/** What a client is told of a request that cannot be done. */
export class Refused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const isName = (value: unknown): value is string => typeof value === 'string' && /^\w{1,50}$/.test(value);

export const lines = {
  events: {
    'line.written': { ws: 'line', socketio: { name: 'line.written', audience: 'topic', echo: 'all' } },
  },
  topics: { 'room:line': { ...byRoom, event: 'line.written' } },
  commands: (tell) => ({
    write: {
      parse(input) {
        const { room, text } = input as { room?: unknown; text?: unknown };
        if (isName(room) && typeof text === 'string') return { room, text };
        throw new Refused('validation_error', 'room: a name; text: a string');
      },
      // Lines of one connection to one room keep their order.
      serialKey: ({ room }: { room: string }) => room,
      handle({ identity, connection }, { room, text }: { room: string; text: string }) {
        const by = identity.userId;
        const data = { room, text, by };
        return {
          type: 'ack',
          place: tell({ name: 'line.written', topic: roomTopic(room), data, actor: by, origin: connection.id }),
        };
      },
    },
  }),
} satisfies Module<{ 'line.written': { room: string; text: string; by: string } }>;

/** A real one checks a signature. Here `token-of-ann` is ann. */
async function authenticate(token: string): Promise<Identity> {
  const [, userId] = /^token-of-(\w+)$/.exec(token) ?? [];
  if (userId === undefined) throw new Refused('unauthorized', 'Not a valid token');
  return { userId, sessionId: token };
}

function describeError(error: unknown) {
  if (error instanceof Refused) return { code: error.code, message: error.message };
  return { code: 'internal', message: 'Something went wrong' };
}

function topicIn(fields: unknown): string | undefined {
  const { room } = (fields ?? {}) as { room?: unknown };
  return isName(room) ? roomTopic(room) : undefined;
}

interface Options {
  port?: number;
  // biome-ignore lint/suspicious/noExplicitAny: modules of any payloads side by side.
  modules?: readonly Module<any>[];
}

export async function startServer({ port = 0, modules = [lines] }: Options = {}) {
  const log = createMemoryLog();
  const hub = createHub({ bus: createMemoryBus(), log });
  const wheel = createTimingWheel();
  const tell = (event: HubEvent): number => {
    const logged = log.append(event);
    hub.publish(logged);
    return logged.offset as number;
  };
  const shared = {
    hub,
    wheel,
    authenticate,
    describeError,
    connections: createConnections({ limits: { perUser: 20 } }),
    events: Object.assign({}, ...modules.map(({ events }) => events)),
    commands: Object.assign({}, ...modules.map(({ commands }) => commands(tell))),
    // Rooms are open to everybody who is signed in, and nobody is in one without asking.
    topicsOf: async () => [],
    authorize: async (_userId: string, topic: string) => topic.startsWith('room:'),
    rootTopicOf: (userId: string) => `user:${userId}`,
    allowOrigin: (origin: string | undefined) => origin === undefined || origin === 'http://localhost:3000',
  };
  const webSocket = createWebSocketDoor({ ...shared, subscribeTopicOf: topicIn });
  const socketIO = createSocketIODoor({ ...shared, joinTopicOf: topicIn });
  const table = createPubSubTable(Object.assign({}, ...modules.map(({ topics }) => topics)));
  const pubSub = createPubSubDoor({ ...shared, table });

  const server = createServer((_request, response) => void response.writeHead(404).end());
  socketIO.attach(server);
  routeUpgrades(server, {
    '/ws': webSocket.handleUpgrade,
    '/socket.io': socketIO.handleUpgrade,
    '/pubsub': pubSub.handleUpgrade,
  });
  await new Promise<void>((resolve) => server.listen(port, resolve));

  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      await Promise.all([webSocket, socketIO, pubSub].map((door) => door.drain(100)));
      webSocket.close();
      pubSub.close();
      await socketIO.close();
      hub.close();
      wheel.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

if (import.meta.main) {
  const { url, close } = await startServer({ port: Number(process.env.PORT ?? 3000) });
  process.stdout.write(`Rooms are at ${url}\n`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void close());
}
