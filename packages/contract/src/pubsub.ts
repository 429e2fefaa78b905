import { type EventName, events, type Home, type PubSubPart } from './events.ts';
import { described, Id, oneOf, optional, Positions, Sequence, type TSchema, Type } from './schema.ts';

/** What the id behind the dot names: a chat, oneself, or a person one shares a chat with. */
export type PubSubResource = 'chat' | 'self' | 'person';

/** One topic as a client may listen to it: `name`, or `name.<id>`. */
export interface PubSubSpec {
  /** The event that feeds it. None: what other services publish to it. */
  event?: EventName;
  /** A token must have it; none: any token will do. */
  scope?: string;
  within?: PubSubPart;
  resource: PubSubResource;
}

/** Fed by no event of this version: a service that runs predictions publishes them. */
const fromServices: Readonly<Record<string, PubSubSpec>> = Object.fromEntries(
  ['begin', 'progress', 'lock', 'end'].map((action) => [
    `channel:prediction:${action}`,
    { within: 'channels', resource: 'chat' },
  ]),
);

interface Fed {
  home: Home;
  pubsub?: readonly { topic: string; scope?: string; within?: PubSubPart }[];
}

function fedBy(event: EventName, { home, pubsub = [] }: Fed): [string, PubSubSpec][] {
  const resource = event === 'presence.updated' ? 'person' : home === 'user' ? 'self' : 'chat';
  return pubsub.map(({ topic, ...rest }) => [topic, { event, ...rest, resource }]);
}

/** Every topic of the table, by name. Open topics (`app:*`) come besides. */
export const pubsubTopics: Readonly<Record<string, PubSubSpec>> = {
  ...Object.fromEntries((Object.entries(events) as [EventName, Fed][]).flatMap(([event, spec]) => fedBy(event, spec))),
  ...fromServices,
};

/** `app:<anything>`, `app:<anything>.<id>`: for whoever may write there. */
const openTopic = /^app:[^\s\p{C}.]{1,100}(\.[^\s\p{C}]{1,100})?$/u;

export const isOpenTopic = (topic: string): boolean => openTopic.test(topic);

/** `app:scores:live.7` is read with `app:read:scores` and written with `app:write:scores`, or with `app:read:*`, `app:write:*`. */
export function openScope(topic: string, right: 'read' | 'write'): string {
  const thing = /^app:([^:.]+)/.exec(topic)?.[1] ?? '';
  return `app:${right}:${thing}`;
}

const topics = Type.Array(Type.String({ maxLength: 256 }), {
  minItems: 1,
  maxItems: 200,
  description: 'Of the table of topics, each by itself or with `.<id>`; 50 a connection.',
});
const auth_token = Type.String({
  maxLength: 4_096,
  description: 'One of `/auth/ws` with the scopes it takes, an access token or a session token.',
});
const nonce = optional(
  Type.String({ maxLength: 200, description: 'Chosen by the client; comes back in the RESPONSE.' }),
);
const error = described(
  oneOf('', 'ERR_BADMESSAGE', 'ERR_BADAUTH', 'ERR_SERVER', 'ERR_BADTOPIC'),
  'Empty when all went well; else that of the first topic that failed.',
);
const named = (description: string) =>
  Type.Object({ topics: Type.Array(Type.String(), { description }) }, { description: 'What it is about.' });

/** Frames a client may send on `/pubsub`, by `type`. */
export const pubsubClientFrames = {
  LISTEN: Type.Object({
    nonce,
    data: Type.Object(
      {
        topics,
        auth_token,
        since: optional(
          described(Positions, 'By topic with an id, the last position one has seen: what was missed comes first.'),
        ),
      },
      { description: 'What to hear, and as whom.' },
    ),
  }),
  UNLISTEN: Type.Object({ nonce, data: Type.Object({ topics }, { description: 'What to hear no longer.' }) }),
  PUBLISH: Type.Object({
    nonce,
    data: Type.Object(
      {
        topic: Type.String({ description: 'An open one, `app:...`.' }),
        message: Type.Unknown({ description: 'Any JSON; told to those who listen now, and kept nowhere.' }),
        auth_token,
      },
      { description: 'What to tell, and as whom.' },
    ),
  }),
  PING: Type.Object({}),
} satisfies Record<string, TSchema>;

const answer = Type.Object(
  {
    topics: optional(
      Type.Record(Type.String(), error, {
        description: 'By topic of the request, how it fared; absent when all went well.',
      }),
    ),
    positions: optional(described(Positions, 'By topic with a log, from where on it is heard.')),
    resync: optional(
      Type.Array(Type.String(), { description: 'Topics whose `since` says nothing any more: to be loaded anew.' }),
    ),
    code: optional(Type.String({ description: 'Of the table of errors; says more than `error`.' })),
    message: optional(Type.String({ description: 'One sentence for people; there with `code`.' })),
    retryAfter: optional(Type.Number({ description: 'Seconds after which to try again.' })),
  },
  { description: 'There when there is something to say.' },
);

const published = Type.Object(
  {
    topic: Type.String({ description: 'Exactly as it was listened to.' }),
    message: Type.String({ description: 'JSON as text: the payload of the event, or what was published.' }),
    message_id: Type.String({ description: 'The same when it is told again.' }),
    publisher: optional(described(Id, 'User id of the client that published it; absent when a service did.')),
    log: optional(
      Type.String({ description: 'The log the position is in, such as `chat:<id>`; of durable events only.' }),
    ),
    epoch: optional(Type.String({ description: 'Of the position; of durable events only.' })),
    offset: optional(described(Sequence, 'Of the position; of durable events only. It grows, with holes.')),
  },
  { description: 'What was told on one topic.' },
);

/** Frames of the server. */
export const pubsubServerFrames = {
  RESPONSE: Type.Object({
    nonce: Type.String({ description: 'As it was sent; empty when there was none.' }),
    error,
    data: optional(answer),
  }),
  MESSAGE: Type.Object({ data: published }),
  PONG: Type.Object({}),
  RECONNECT: Type.Object({}),
  AUTH_REVOKED: Type.Object({ data: named('That are silent already, as one may no longer hear them.') }),
  RESYNC: Type.Object({ data: named('That cannot be continued: to be loaded anew.') }),
} satisfies Record<string, TSchema>;
