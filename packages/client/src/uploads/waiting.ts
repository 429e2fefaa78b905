import type { Attachment, StoredFile } from '@parley/contract';
import type { OutboxItem } from '../outbox/item.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Uploads } from './uploads.ts';

interface Parts {
  outbox: Pick<Outbox, 'release' | 'failed'>;
  uploads: Pick<Uploads, 'find' | 'isLost'>;
  onError(error: unknown): void;
}

/** Messages that wait for their files: they go on when all of these have arrived, and fail with the first that is refused. */
export function createWaiting({ outbox, uploads, onError }: Parts) {
  async function look(item: OutboxItem): Promise<void> {
    const { uploadIds, clientMessageId } = item;
    if (uploadIds === undefined || item.fileIds !== undefined || item.state !== 'queued') return;
    const found = uploadIds.map((id) => uploads.find(id));
    const refused = found.find((upload) => upload?.state === 'failed');
    const files = found.flatMap((upload) => (upload?.file === undefined ? [] : [upload.file]));
    if (refused !== undefined) await outbox.failed(clientMessageId, refused.errorCode ?? 'internal');
    else if (files.length === uploadIds.length) await outbox.release(clientMessageId, files);
    else await failIfLost(clientMessageId, uploadIds);
  }

  /** Its bytes were not kept, and no tab has them any more. */
  async function failIfLost(clientMessageId: string, uploadIds: readonly string[]): Promise<void> {
    for (const id of uploadIds.filter((one) => uploads.find(one) === undefined)) {
      if (await uploads.isLost(id)) return outbox.failed(clientMessageId, 'file_lost');
    }
  }

  return (items: Iterable<OutboxItem>): void => {
    for (const item of items) look(item).catch(onError);
  };
}

/** How a file is shown in a message before the server tells of it. */
export const attachmentOf = (file: StoredFile): Attachment => {
  const { id: fileId, objectKey: _, ...rest } = file;
  return { fileId, ...rest };
};
