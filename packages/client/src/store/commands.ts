import type { Message } from '@parley/contract';
import type { Command } from '../commands/command.ts';
import { excerptOf, requote, tombstone } from './messages.ts';
import { withOwn } from './reactions.ts';
import type { Change, State } from './state.ts';

const told = (state: State, chatId: string, commands: readonly Command[]): Change[] => {
  if (commands.length === 0) state.commands.delete(chatId);
  else state.commands.set(chatId, commands);
  return [{ part: 'commands', chatId }];
};

/** In the order in which they will be carried out. */
export function putCommand(state: State, command: Command): Change[] {
  const known = state.commands.get(command.chatId) ?? [];
  const others = known.filter(({ key }) => key !== command.key);
  const place = others.findIndex(({ queuedAt }) => queuedAt > command.queuedAt);
  return told(state, command.chatId, others.toSpliced(place < 0 ? others.length : place, 0, command));
}

export function removeCommand(state: State, { chatId, key }: Pick<Command, 'chatId' | 'key'>): Change[] {
  const known = state.commands.get(chatId) ?? [];
  const left = known.filter((command) => command.key !== key);
  return left.length === known.length ? [] : told(state, chatId, left);
}

/**
 * A message as the person wants it: as if all that waits for the server were done. The state itself holds what the server told, so
 * what is refused needs no undoing. The same message when nothing of it waits.
 */
export const asWanted = (message: Message, commands: readonly Command[]): Message =>
  commands.reduce(afterwards, message);

function afterwards(message: Message, command: Command): Message {
  const { messageId, queuedAt } = command;
  if (command.kind === 'react') {
    const isIt = message.id === messageId && message.deletedAt === undefined;
    return isIt ? withOwn(message, command.emoji, command.isWanted) : message;
  }
  const content = command.kind === 'edit' ? command.content : '';
  if (message.id !== messageId) return requote(message, messageId, excerptOf(content));
  if (message.deletedAt !== undefined) return message;
  if (command.kind === 'remove') return tombstone(message, message.sentAt);
  return message.content === content ? message : { ...message, content, editedAt: message.editedAt ?? queuedAt };
}

/** The same array when nothing changes. */
export function allAsWanted(messages: readonly Message[], commands: readonly Command[]): readonly Message[] {
  if (commands.length === 0) return messages;
  const wanted = messages.map((message) => asWanted(message, commands));
  return wanted.every((message, index) => message === messages[index]) ? messages : wanted;
}
