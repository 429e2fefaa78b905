import { ApiError } from '../http/api-error.ts';
import type { Call } from '../http/route-types.ts';
import { putChat, removeChat } from '../store/chats.ts';
import { asWanted } from '../store/commands.ts';
import { dropPin } from '../store/pins.ts';
import { hasOwn } from '../store/reactions.ts';
import type { State } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import type { Queues } from './queues.ts';
import type { Reads } from './reads.ts';
import { createTurns } from './turns.ts';
import type { Actions } from './types.ts';

export interface ActionParts {
  call: Call;
  store: Store;
  reads: Reads;
  /** That of the person signed in; none before the first start. */
  queues(): Queues | undefined;
  typing: Actions['typing'];
  watch: Actions['watch'];
}

export function createActions({ call, store, reads, queues, typing, watch }: ActionParts): Actions {
  const opened = (): Queues => {
    const open = queues();
    if (open === undefined) throw new ApiError('unauthorized', 'Sign in and start first.');
    return open;
  };

  const inTurn = createTurns();
  return {
    send: async (chatId, draft) => opened().outbox.send(chatId, draft),
    discardSend: async (clientMessageId) => opened().outbox.discard(clientMessageId),
    async edit(chatId, id, content) {
      const { outbox, commands } = opened();
      const isOnItsWay = store.state.pending.get(chatId)?.some(({ clientMessageId }) => clientMessageId === id);
      if (isOnItsWay && (await outbox.edit(id, content))) return;
      const stored = store.state.windows.get(chatId)?.items.find(({ clientMessageId }) => clientMessageId === id);
      await commands.give({ kind: 'edit', chatId, messageId: stored?.id ?? id, content });
    },
    remove: async (chatId, messageId, { forEveryone = false } = {}) =>
      opened().commands.give({ kind: 'remove', chatId, messageId, forEveryone }),
    async forward(chatId, forward) {
      await call('messages.forward', { params: { chatId }, body: forward });
    },
    async pin(chatId, messageId) {
      await call('pins.add', { params: { chatId, messageId } });
    },
    async unpin(chatId, messageId) {
      await call('pins.remove', { params: { chatId, messageId } });
      store.update((state) => dropPin(state, chatId, messageId));
    },
    async react(chatId, messageId, emoji, isWanted = !isShown(store.state, { chatId, messageId }, emoji)) {
      await opened().commands.give({ kind: 'react', chatId, messageId, emoji, isWanted });
    },
    markRead(chatId, sequence) {
      reads.mark(chatId, sequence ?? store.state.chats.get(chatId)?.lastSequence ?? 0);
    },
    typing,
    watch,
    async createChat(chat) {
      const created = await call('chats.create', { body: chat });
      store.update((state) => putChat(state, created));
      return created;
    },
    async joinChat(chatId) {
      const joined = await call('chats.join', { params: { chatId } });
      store.update((state) => putChat(state, joined));
      return joined;
    },
    async saveDraft(chatId, draft) {
      await call('drafts.save', { params: { chatId }, body: draft });
    },
    async joinByInvite(token) {
      const joined = await call('invites.join', { params: { token } });
      if ('isWaiting' in joined) return joined;
      store.update((state) => putChat(state, joined));
      return joined;
    },
    async leaveChat(chatId) {
      await call('chats.leave', { params: { chatId } });
      store.update((state) => removeChat(state, chatId));
    },
    // Requests under way at once may arrive in any order: the last word would not be the last.
    updateMe: (change) =>
      inTurn('me', async () => {
        const me = await call('me.update', { body: change });
        store.update((state) => {
          state.me = me;
          return [{ part: 'me' }];
        });
        return me;
      }),
    updateSettings: (change) =>
      inTurn('settings', async () => {
        const settings = await call('settings.update', { body: change });
        store.update((state) => {
          state.settings = settings;
          return [{ part: 'settings' }];
        });
        return settings;
      }),
  };
}

/** With what waits for the server. */
function isShown({ windows, commands }: State, at: { chatId: string; messageId: string }, emoji: string): boolean {
  const message = windows.get(at.chatId)?.items.find(({ id }) => id === at.messageId);
  return message !== undefined && hasOwn(asWanted(message, commands.get(at.chatId) ?? []), emoji);
}
