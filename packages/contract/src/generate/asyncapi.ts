import {
  ackMessages,
  clientFrameMessages,
  commandMessages,
  type Messages,
  serverFrameMessages,
  socketioEvents,
  socketioNotices,
  websocketEvents,
} from './asyncapi-messages.ts';
import { pubsubAnswers, pubsubClientMessages, pubsubNotices } from './asyncapi-pubsub.ts';
import { aroundReference, type Components, createComponents } from './components.ts';
import { compact, type Json, type JsonObject } from './json.ts';

const description = [
  'What happens live, on the doors of Parley: `/ws` (plain WebSocket), Socket.IO (default namespace and `/chat`) and PubSub.',
  '',
  'The application described here is the server: it receives what clients send, and sends what they receive.',
  'Every durable event carries its position: `topic`, `epoch` and `offset`. A client keeps the highest offset of each topic and',
  'drops what is not above it; after a break it asks for what followed. docs/reference/events.md has the same events as a table.',
].join('\n');

/** What the door itself answers to a frame that carries a `ref` or needs an answer. Any frame may be answered by `error`. */
const replies: Readonly<Record<string, readonly string[]>> = {
  auth: ['auth_ok'],
  resume: ['resumed', 'resync'],
  subscribe: ['subscribed'],
  unsubscribe: ['unsubscribed'],
  ping: ['pong'],
  message: ['ack'],
  read: ['ack'],
};

/** The doors as an AsyncAPI 3.0 document. The same contract gives the same bytes. */
export function buildAsyncApi({ version }: { version: string }): JsonObject {
  const components = createComponents(aroundReference);
  const channels = buildChannels(components);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Parley, live', version, description, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    servers,
    channels: Object.fromEntries(Object.entries(channels).map(([name, channel]) => [name, toJson(channel)])),
    operations: Object.assign({}, ...Object.entries(channels).map(([name, channel]) => operationsOf(name, channel))),
    components: { schemas: components.schemas(), securitySchemes },
  };
}

interface Channel {
  address: string;
  server: 'websocket' | 'socketio' | 'pubsub';
  description: string;
  received: Messages;
  /** Answers to what was received, by the id of that message. */
  repliesTo(id: string): readonly string[];
  answers: Messages;
  sent: Messages;
}

function buildChannels(components: Components): Record<string, Channel> {
  const acks = ackMessages(components);
  return {
    websocket: {
      address: '/ws',
      server: 'websocket',
      description: 'JSON text frames, one object a frame, at most 64 KB. An unauthenticated socket may stay 10 s.',
      received: prefixed('send.', clientFrameMessages(components)),
      repliesTo: (id) => [...(replies[id.replace('send.', '')] ?? []), 'error'],
      answers: serverFrameMessages(components),
      sent: websocketEvents(components),
    },
    socketio: {
      address: '/',
      server: 'socketio',
      description:
        'The default namespace. Commands are acknowledged, but for typing. `auth.since` {topic: position} in the handshake resumes.',
      received: commandMessages(components),
      repliesTo: (id) => (Object.hasOwn(acks, `${id}.ack`) ? [`${id}.ack`] : []),
      answers: acks,
      sent: { ...socketioEvents(components, (row) => row.socketio), ...socketioNotices(components) },
    },
    chat: {
      address: '/chat',
      server: 'socketio',
      description: 'The namespace `/chat`: new messages of all chats one is in, without joining anything. Live only.',
      received: {},
      repliesTo: () => [],
      answers: {},
      sent: socketioEvents(components, (row) => row.chat),
    },
    pubsub: {
      address: '/pubsub',
      server: 'pubsub',
      description:
        "Twitch's PubSub frames. A topic is `name`, or `name.<id>` for one chat or person. The first LISTEN comes within 15 s, a PING at least every 5 minutes; 50 topics a connection.",
      received: prefixed('send.', pubsubClientMessages(components)),
      repliesTo: (id) => (id === 'send.PING' ? ['PONG'] : ['RESPONSE']),
      answers: pubsubAnswers(components),
      sent: pubsubNotices(components),
    },
  };
}

const toJson = (channel: Channel): JsonObject => ({
  address: channel.address,
  description: channel.description,
  servers: [{ $ref: `#/servers/${channel.server}` }],
  messages: { ...channel.received, ...channel.answers, ...channel.sent },
});

/** One operation for each message a client may send, and one for all that the server sends by itself. */
function operationsOf(name: string, channel: Channel): JsonObject {
  const operations: JsonObject = {};
  for (const id of Object.keys(channel.received)) {
    const answers = channel.repliesTo(id);
    operations[`${name}.${id}`] = compact({
      action: 'receive',
      channel: at(name),
      messages: messagesAt(name, [id]),
      reply: answers.length === 0 ? undefined : { channel: at(name), messages: messagesAt(name, answers) },
    });
  }
  const pushed = [...Object.keys(channel.sent), ...pushedAnswers(channel)];
  operations[`${name}.events`] = { action: 'send', channel: at(name), messages: messagesAt(name, pushed) };
  return operations;
}

/** Frames of the door that answer nothing: a request to reconnect, an error outside a request. */
const pushedAnswers = (channel: Channel): string[] =>
  ['reconnect', 'resync', 'error'].filter((id) => Object.hasOwn(channel.answers, id));

const at = (channel: string): Json => ({ $ref: `#/channels/${channel}` });
const messagesAt = (channel: string, ids: readonly string[]): Json =>
  ids.map((id) => ({ $ref: `#/channels/${channel}/messages/${id}` }));
const prefixed = (prefix: string, messages: Messages): Messages =>
  Object.fromEntries(Object.entries(messages).map(([id, message]) => [`${prefix}${id}`, message]));

const servers: JsonObject = {
  websocket: {
    host: 'localhost:3000',
    protocol: 'ws',
    description: 'Signed in by the first frame, by `?token=`, or by subprotocol.',
    security: [{ $ref: '#/components/securitySchemes/token' }],
  },
  socketio: {
    host: 'localhost:3000',
    pathname: '/socket.io',
    protocol: 'socketio',
    description: 'Socket.IO 4, websocket and polling. Signed in by `auth.token` or the Authorization header.',
    security: [{ $ref: '#/components/securitySchemes/token' }],
  },
  pubsub: {
    host: 'localhost:3000',
    protocol: 'ws',
    description: 'Each LISTEN and PUBLISH brings its token in `data.auth_token`.',
    security: [{ $ref: '#/components/securitySchemes/token' }],
  },
};

const securitySchemes: JsonObject = {
  token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token, or one of `/auth/ws`; Socket.IO takes a session token, too.',
  },
};
