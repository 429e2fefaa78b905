import { ApiError } from '../http/api-error.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Store } from '../store/store.ts';
import type { FileAbout, Upload } from '../uploads/upload.ts';
import type { Uploads } from '../uploads/uploads.ts';

/** Files that a person chose for a chat: uploaded at once, sent with a message that names them (`uploadIds`). */
export interface ChosenFiles {
  /** It is uploaded while one writes, now or when there is a network; how far it is tells `state.uploads`. */
  addFile(chatId: string, bytes: Blob, about: FileAbout): Promise<Upload>;
  /** Takes it out again. */
  dropFile(id: string): Promise<void>;
  retryFile(id: string): Promise<void>;
  /** To show it before the server has it. */
  fileBytes(id: string): Blob | undefined;
  /** Sends a message again that failed, its files with it. */
  retrySend(clientMessageId: string): Promise<void>;
}

interface Parts {
  store: Store;
  uploads(): Uploads | undefined;
  outbox(): Outbox | undefined;
}

export function createFiles({ store, uploads, outbox }: Parts): ChosenFiles {
  const opened = <T>(part: T | undefined): T => {
    if (part === undefined) throw new ApiError('unauthorized', 'Sign in and start first.');
    return part;
  };

  /** Those that were refused, and all of them when the server knows them no more. */
  async function retryFiles(clientMessageId: string): Promise<void> {
    const items = [...store.state.pending.values()].flat();
    const item = items.find((one) => one.clientMessageId === clientMessageId);
    for (const id of item?.uploadIds ?? []) {
      const isRefused = opened(uploads()).find(id)?.state === 'failed';
      if (isRefused || item?.errorCode === 'file_not_found') await opened(uploads()).retry(id);
    }
  }

  return {
    addFile: async (chatId, bytes, about) => opened(uploads()).add(chatId, bytes, about),
    dropFile: async (id) => opened(uploads()).remove(id),
    retryFile: async (id) => opened(uploads()).retry(id),
    fileBytes: (id) => uploads()?.bytes(id),
    async retrySend(clientMessageId) {
      await retryFiles(clientMessageId);
      await opened(outbox()).retry(clientMessageId);
    },
  };
}
