import { Send } from './messages.ts';
import { described, Id, oneOf, optional, Position, Positions, Sequence, type TSchema, Type } from './schema.ts';

const ref = optional(
  Type.Union([Type.String({ maxLength: 200 }), Type.Number()], {
    description: 'Chosen by the client; comes back in the answer as it was sent. Absent: in neither.',
  }),
);
const chatId = described(Id, 'The chat it is about.');
const active = optional(
  Type.Boolean({
    description: 'Whether the person is at it: others see `away` when not. Absent: as it was, at first yes.',
  }),
);
const topics = (description: string) => Type.Array(Type.String(), { description });
/** The frame's own `type` says `message`; the kind of message goes as `messageType`. */
const { type: _, ...send } = Send.properties;

/** Frames a client may send on `/ws`: `type` -> the other fields. Product frames and those of the door itself. */
export const clientFrames = {
  auth: Type.Object({
    token: Type.String({ maxLength: 4_096, description: 'An access token, or one of `/auth/ws`.' }),
    active,
    ref,
  }),
  resume: Type.Object({
    positions: described(Positions, 'By topic, the highest position one has seen; at most 200 a frame.'),
    ref,
  }),
  subscribe: Type.Object({
    chatId,
    since: optional(described(Position, 'What followed on it is told first; absent: from now on.')),
    ref,
  }),
  unsubscribe: Type.Object({ chatId, ref }),
  ping: Type.Object({ active, ref }),
  message: Type.Object({ ...send, chatId, ref }),
  typing: Type.Object({
    chatId,
    state: optional(described(oneOf('start', 'stop'), '`start` by default.')),
    ref,
  }),
  read: Type.Object({
    chatId,
    sequence: optional(described(Sequence, 'The last message one has read. Absent: all there is now.')),
    ref,
  }),
  presence_update: Type.Object({
    status: described(oneOf('active', 'away'), 'Whether the person is at it, on this connection.'),
    ref,
  }),
  watch: Type.Object({
    userIds: Type.Array(Id, {
      maxItems: 200,
      description: 'Of the people on screen, whose presence is then told; in place of those before.',
    }),
    ref,
  }),
} satisfies Record<string, TSchema>;

/** What the door itself answers; events come besides (see the event table). */
export const serverFrames = {
  auth_ok: Type.Object({
    userId: described(Id, 'Who one is: a user id.'),
    connectionId: Type.String({ description: 'Of this connection, until it closes.' }),
    ref,
  }),
  resumed: Type.Object({ topics: topics('Whose missed events were told; live ones follow.'), ref }),
  resync: Type.Object({ topics: topics('That cannot be continued: to be loaded anew.'), ref }),
  subscribed: Type.Object({
    chatId,
    epoch: Type.String({ description: 'Of the position from which on the chat is heard.' }),
    offset: described(Sequence, 'Of that position: live events are above it.'),
    ref,
  }),
  unsubscribed: Type.Object({ chatId, ref }),
  pong: Type.Object({ ref }),
  ack: Type.Object({
    id: optional(described(Id, 'Of the accepted message; absent in answer to `read`.')),
    ref,
  }),
  reconnect: Type.Object({
    afterMs: Type.Integer({ description: 'Milliseconds to wait before one connects again.' }),
  }),
  error: Type.Object({
    code: Type.String({ description: 'Stable; one of the table of errors.' }),
    message: Type.String({ description: 'One sentence for people.' }),
    retryAfter: optional(
      Type.Number({ description: 'Seconds after which to try again; absent where none are known.' }),
    ),
    correlationId: optional(Type.String({ description: 'By which the logs of the server name this failure.' })),
    ref,
  }),
} satisfies Record<string, TSchema>;
