import { clientFrames, type Static } from '@parley/contract';
import type { Command, CommandContext, Connections } from '@parley/realtime';
import type { TSchema } from 'typebox';
import type { Limits } from '../http/limits.ts';
import { parser } from '../http/validation.ts';
import type { Messages } from '../modules/messages/service.ts';
import type { Watcher, Watching } from '../modules/presence/watching.ts';
import type { Reading } from '../modules/reading/service.ts';
import type { Typing } from '../modules/typing/service.ts';

export interface CommandServices {
  messages: Messages;
  reading: Reading;
  typing: Typing;
  limits: Limits;
  connections: Connections;
  watching: Watching;
}

function command<T extends TSchema>(
  schema: T,
  handle: (context: CommandContext, input: Static<T>) => Promise<object | undefined>,
  serialKey?: (input: Static<T>) => string,
): Command {
  const parse = parser(schema, 'frame');
  return {
    // The type of the frame is not that of the message in it.
    parse: ({ type: _, ...input }) => parse(input),
    handle: handle as Command['handle'],
    ...(serialKey ? { serialKey: serialKey as never } : {}),
  };
}

/** Frames of `/ws` that are the product's: each becomes one call of a service. */
export function websocketCommands({
  messages,
  reading,
  typing,
  limits,
  connections,
  watching,
}: CommandServices): Record<string, Command> {
  return {
    message: command(
      clientFrames.message,
      async ({ identity, connection }, frame) => {
        await limits.take('send', identity.userId);
        const { id } = await messages.accept(identity.userId, { ...frame, origin: connection.id });
        return { type: 'ack', id };
      },
      (frame) => frame.chatId,
    ),
    typing: command(clientFrames.typing, async ({ identity, connection }, frame) => {
      const tell = frame.state === 'stop' ? typing.stop : typing.start;
      await tell(identity, frame.chatId, connection.id);
      return undefined;
    }),
    read: command(
      clientFrames.read,
      async ({ identity }, frame) => {
        await reading.read(identity.userId, frame.chatId, frame.sequence);
        return frame.ref === undefined ? undefined : { type: 'ack' };
      },
      (frame) => frame.chatId,
    ),
    watch: command(
      clientFrames.watch,
      async ({ connection }, frame) => {
        // A connection of this door is the subscriber of its events.
        await watching.watch(connection as unknown as Watcher, frame.userIds);
        return undefined;
      },
      () => 'watch',
    ),
    presence_update: command(clientFrames.presence_update, async ({ connection }, frame) => {
      connections.setActive(connection, frame.status === 'active');
      return undefined;
    }),
  };
}
