import { ClientMessageId, maxContentLength } from './messages.ts';
import { described, Id, optional, Position, Timestamp, type TSchema, Type } from './schema.ts';

interface CommandSpec {
  input: TSchema;
  /** `data` of a successful ack; none for commands without an ack. */
  data?: TSchema;
}

const chatId = described(Id, 'The chat it is about.');

/** What a client may emit on the default Socket.IO namespace. Acks: `{ok: true, data}` or `{ok: false, error, message, correlationId}`. */
export const commands = {
  'room:join': {
    input: Type.Object({
      chatId,
      since: optional(described(Position, 'What followed on it is told first; absent: from now on.')),
    }),
    data: Position,
  },
  'room:leave': { input: Type.Object({ chatId }), data: Type.Object({}) },
  'message:send': {
    input: Type.Object({
      chatId,
      clientId: described(ClientMessageId, 'Chosen by the client: a repeat is answered alike and sends nothing twice.'),
      body: Type.String({ maxLength: maxContentLength * 4, description: 'The text, at most 8,000 characters.' }),
      replyToMessageId: optional(described(Id, 'A message of this chat that one can see.')),
    }),
    data: Type.Object({
      clientId: Type.String({ description: 'As it was sent.' }),
      serverId: described(Id, 'Id of the message.'),
    }),
  },
  'receipt:read': {
    input: Type.Object({ chatId, messageId: described(Id, 'The last message one has read.') }),
    data: Type.Object({ readAt: described(Timestamp, 'By the clock of the server.') }),
  },
  'presence:ping': {
    input: Type.Object({
      active: optional(Type.Boolean({ description: 'Whether the person is at it; absent: as it was.' })),
    }),
    data: Type.Object({ serverTime: described(Timestamp, 'What the clock of the server shows.') }),
  },
  'typing:start': { input: Type.Object({ chatId }) },
  'typing:stop': { input: Type.Object({ chatId }) },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof commands;
