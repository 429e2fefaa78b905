import type { Message } from '@parley/contract';
import type { Command } from '../commands/command.ts';
import type { Call } from '../http/route-types.ts';
import { buryForNow, changeEverywhere } from '../store/message-reducers.ts';
import { excerptOf, latestTold } from '../store/messages.ts';
import { beginReacting, endReacting } from '../store/reaction-reducers.ts';
import type { Store } from '../store/store.ts';

/** Does on the server what a command says; then it is so in the state, too. */
export function createCarryingOut(call: Call, store: Store) {
  const showEdited = (message: Message): void =>
    store.update((state) =>
      changeEverywhere(
        state,
        message.chatId,
        message.id,
        (known) => latestTold(known, message),
        excerptOf(message.content),
      ),
    );

  const react = async ({ chatId, messageId, emoji, isWanted }: Extract<Command, { kind: 'react' }>): Promise<void> => {
    const params = { chatId, messageId };
    store.update((state) => beginReacting(state, params, emoji));
    await call('reactions.toggle', { params, body: { emoji, isWanted } });
    store.update((state) => endReacting(state, params, emoji, isWanted));
  };

  return async (command: Command): Promise<void> => {
    const { chatId, messageId } = command;
    const params = { chatId, messageId };
    if (command.kind === 'react') return react(command);
    if (command.kind === 'edit') {
      showEdited(await call('messages.edit', { params, body: { content: command.content } }));
      return;
    }
    await call('messages.delete', { params, query: { forEveryone: command.forEveryone } });
    store.update((state) => buryForNow(state, chatId, messageId));
  };
}
