import { ApiError } from '@parley/client';
import type { Message } from '@parley/contract';
import { useI18n } from 'vue-i18n';
import { copyToClipboard } from '../../platform/copy.ts';
import { errorKey } from '../../platform/error-text.ts';
import { useNotices } from '../../platform/notices.ts';
import { useParley } from '../../realtime/parley.ts';
import { copyText } from './copy-text.ts';

/** What can be done with one message or several. What fails is said once. */
export function useMessageActions() {
  const { t } = useI18n();
  const { client, state } = useParley();
  const notices = useNotices();

  const write = async (text: string): Promise<void> => {
    notices.show(t((await copyToClipboard(text)) ? 'conversation.copied' : 'conversation.notCopied'));
  };

  const nameOf = ({ chatId, senderId }: Message): string =>
    state.participants.get(chatId)?.get(senderId)?.displayName ?? t('conversation.someone');

  /** Shown at once; a refusal is told by `onTakenBack`. */
  const shown = (work: Promise<void>): void => {
    work.catch((error: unknown) => {
      if (!(error instanceof ApiError)) reportError(error);
    });
  };

  const told = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      notices.show(t(errorKey(error)));
    }
  };

  return {
    react: ({ chatId, id }: Message, emoji: string) => shown(client.react(chatId, id, emoji)),
    pin: ({ chatId, id }: Message) => told(client.pin(chatId, id)),
    unpin: ({ chatId, id }: Message) => told(client.unpin(chatId, id)),
    copy: (messages: readonly Message[]) => write(copyText(messages, nameOf)),
    copyLink: ({ chatId, sequence }: Message) => write(`${location.origin}/app/c/${chatId}?m=${sequence}`),
    remove(messages: readonly Message[], forEveryone: boolean): void {
      for (const { chatId, id } of messages) shown(client.remove(chatId, id, { forEveryone }));
    },
  };
}
