import { type ChatState, createTurns } from '@parley/client';
import { useI18n } from 'vue-i18n';
import { useRoute } from 'vue-router';
import { errorKey } from '../../platform/error-text.ts';
import { useGoBack } from '../../platform/go-back.ts';
import { useNotices } from '../../platform/notices.ts';
import { useParley } from '../../realtime/parley.ts';
import { isQuiet } from './chat-order.ts';

type Flags = Partial<Pick<ChatState, 'isPinned' | 'isArchived' | 'mutedUntil'>>;

/** Far enough to be for good, and a time that every clock can say. */
const forGood = '9999-12-31T00:00:00.000Z';

/** Requests under way at once may arrive in any order: the last word would not be the last. */
const inTurn = createTurns();

/** What one does with a chat as a whole. Filing shows at once and is taken back if the server refuses. */
export function useChatActions() {
  const { t } = useI18n();
  const { client, state } = useParley();
  const notices = useNotices();
  const route = useRoute();
  const goBack = useGoBack();

  function show(chatId: string, change: Flags): void {
    client.store.update(() => {
      const known = state.chats.get(chatId);
      if (known === undefined) return [];
      const { mutedUntil, ...next } = { ...known, ...change };
      state.chats.set(chatId, { ...next, ...(mutedUntil === undefined ? {} : { mutedUntil }) });
      return [{ part: 'chat', chatId }];
    });
  }

  async function attempt(change: () => Promise<unknown>, undo?: () => void): Promise<boolean> {
    try {
      await change();
      return true;
    } catch (error) {
      undo?.();
      notices.show(t(errorKey(error)));
      return false;
    }
  }

  async function file(chat: ChatState, flags: Flags, change: () => Promise<unknown>): Promise<void> {
    const before = Object.fromEntries(Object.keys(flags).map((flag) => [flag, chat[flag as keyof Flags]]));
    show(chat.id, flags);
    await attempt(
      () => inTurn(chat.id, change),
      () => show(chat.id, before),
    );
  }

  async function end(chat: ChatState, change: () => Promise<unknown>): Promise<void> {
    if (!(await attempt(change)) || route.params.chatId !== chat.id) return;
    await goBack({ name: 'chats' }, { name: 'archived' });
  }

  const archive = (chat: ChatState): Promise<void> =>
    file(chat, { isArchived: !chat.isArchived }, () =>
      call(chat.isArchived ? 'chats.unarchive' : 'chats.archive', params(chat)),
    );

  const params = ({ id }: ChatState) => ({ params: { chatId: id } });
  const { call } = client.http;

  return {
    attempt,
    markRead: (chat: ChatState) => client.markRead(chat.id),
    togglePin: (chat: ChatState) =>
      file(chat, { isPinned: !chat.isPinned }, () => call(chat.isPinned ? 'chats.unpin' : 'chats.pin', params(chat))),
    toggleArchive(chat: ChatState): Promise<void> {
      // A finger archives by mistake, too.
      if (!chat.isArchived) {
        const go = (): void => void archive({ ...(state.chats.get(chat.id) ?? chat), isArchived: true });
        notices.show(t('chats.isArchived'), { text: t('app.undo'), go });
      }
      return archive(chat);
    },
    /** Until a time, or for good; what is muted is heard again. */
    toggleMute: (chat: ChatState, until?: string) =>
      chat.mutedUntil !== undefined && isQuiet({ ...chat, isArchived: false }, Date.now())
        ? file(chat, { mutedUntil: undefined }, () => call('chats.unmute', params(chat)))
        : file(chat, { mutedUntil: until ?? forGood }, () =>
            call('chats.mute', { ...params(chat), body: until === undefined ? {} : { until } }),
          ),
    leave: (chat: ChatState) => end(chat, () => client.leaveChat(chat.id)),
    remove: (chat: ChatState) => end(chat, () => call('chats.delete', params(chat))),
  };
}
