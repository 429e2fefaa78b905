import { type CommandName, commands, type Static } from '@parley/contract';
import type { Command, CommandContext } from '@parley/realtime';
import { parser } from '../http/validation.ts';
import type { CommandServices } from './websocket-commands.ts';

type Input<N extends CommandName> = Static<(typeof commands)[N]['input']>;

function command<N extends CommandName>(
  name: N,
  handle: (context: CommandContext, input: Input<N>) => Promise<object | undefined>,
  serialKey?: (input: Input<N>) => string,
): Command {
  return {
    parse: parser(commands[name].input, 'frame'),
    handle: handle as Command['handle'],
    ...(serialKey ? { serialKey: serialKey as never } : {}),
  };
}

export const parseJoin = parser(commands['room:join'].input, 'frame');

/** What a client may emit on the default namespace, besides joining and leaving rooms. */
export function socketioCommands({
  messages,
  reading,
  typing,
  limits,
  connections,
}: CommandServices): Record<string, Command> {
  return {
    'message:send': command(
      'message:send',
      async ({ identity, connection }, { chatId, clientId, body, replyToMessageId }) => {
        await limits.take('socketSend', identity.userId);
        const request = { chatId, content: body, clientMessageId: clientId, origin: connection.id };
        const { id } = await messages.accept(identity.userId, {
          ...request,
          ...(replyToMessageId ? { replyToMessageId } : {}),
        });
        return { clientId, serverId: id };
      },
      (input) => input.chatId,
    ),
    'receipt:read': command('receipt:read', async ({ identity }, { chatId, messageId }) => {
      const at = await reading.readMessage(identity.userId, chatId, messageId);
      return { readAt: at.toISOString() };
    }),
    'presence:ping': command('presence:ping', async ({ connection }, { active }) => {
      if (active !== undefined) connections.setActive(connection, active);
      return { serverTime: new Date().toISOString() };
    }),
    'typing:start': silent('typing:start', ({ identity, connection }, { chatId }) =>
      typing.start(identity, chatId, connection.id),
    ),
    'typing:stop': silent('typing:stop', ({ identity, connection }, { chatId }) =>
      typing.stop(identity, chatId, connection.id),
    ),
  };
}

/** Typing has no answer, and what is not allowed is ignored. */
function silent(
  name: 'typing:start' | 'typing:stop',
  handle: (context: CommandContext, input: { chatId: string }) => Promise<void>,
): Command {
  return command(name, async (context, input) => {
    await handle(context, input).catch(() => undefined);
    return undefined;
  });
}
