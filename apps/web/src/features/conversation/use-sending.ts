import { ApiError, type Draft } from '@parley/client';
import { useParley } from '../../realtime/parley.ts';

/** Sends without waiting: what becomes of a message is shown at its place in the conversation. */
export function useSending(chatId: () => string) {
  const { client } = useParley();

  /** A refusal stays beside the message, with "try again"; being signed out is shown by the page that follows. */
  const watchOver = (sending: Promise<unknown>): void => {
    sending.catch((error: unknown) => {
      if (!(error instanceof ApiError)) reportError(error);
    });
  };

  return {
    send: (draft: Draft): void => watchOver(client.send(chatId(), draft)),
    /** Of a message, or of one on its way. A refusal is told by `onTakenBack`. */
    edit: (id: string, content: string): void => watchOver(client.edit(chatId(), id, content)),
    retry: (clientMessageId: string): void => watchOver(client.retrySend(clientMessageId)),
    discard: (clientMessageId: string): void => watchOver(client.discardSend(clientMessageId)),
  };
}
