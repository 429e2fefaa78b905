import type { OutboxItem, Upload } from '@parley/client';
import type { Attachment, Message } from '@parley/contract';
import { fileUrl } from '../../platform/file-url.ts';
import { kindOf } from './kinds.ts';
import { localUrl, localUrlOf, nameLocal } from './local-urls.ts';

/** A file of a message as it is shown, wherever its bytes are. */
export interface ShownFile {
  attachment: Attachment;
  url: string;
  thumbnailUrl: string | undefined;
  /** How far it is, of a message that is not sent yet. */
  upload: Upload | undefined;
}

interface Source {
  message: Pick<Message, 'attachments'> | undefined;
  item: Pick<OutboxItem, 'preview'> | undefined;
  uploads: readonly Upload[];
  bytesOf(id: string): Blob | undefined;
}

function storedFile(attachment: Attachment): ShownFile {
  // Only for what would blink: a link stays good for longer than what is kept here.
  const isSeen = kindOf(attachment.mimeType) === 'picture' || kindOf(attachment.mimeType) === 'audio';
  const local = isSeen ? localUrlOf(attachment.fileId) : undefined;
  const { thumbnailUrl } = attachment;
  // Until it was examined, nobody gets it.
  const path = attachment.status === 'ready' ? attachment.url : undefined;
  return {
    attachment,
    url: local ?? (path === undefined ? '' : fileUrl(path)),
    thumbnailUrl: local ?? (thumbnailUrl === undefined ? undefined : fileUrl(thumbnailUrl)),
    upload: undefined,
  };
}

/** On its way: named by its upload. */
function waitingFile(attachment: Attachment, upload: Upload | undefined, bytes: Blob | undefined): ShownFile {
  const local = localUrl(attachment.fileId, bytes);
  if (upload?.file !== undefined) nameLocal(upload.id, upload.file.id);
  return { attachment, url: local ?? '', thumbnailUrl: local, upload };
}

export function shownFiles({ message, item, uploads, bytesOf }: Source): ShownFile[] {
  if (message !== undefined) return (message.attachments ?? []).map(storedFile);
  return (item?.preview?.attachments ?? []).map((attachment) => {
    const { fileId } = attachment;
    return waitingFile(
      attachment,
      uploads.find(({ id }) => id === fileId),
      bytesOf(fileId),
    );
  });
}
