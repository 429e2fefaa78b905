import type { Attachment, StoredFile } from '@parley/contract';
import type { MessageMedia } from '../../db/schema.ts';
import type { FileRow } from './store.ts';

/** Where a file is had. It names no store and carries no secret: who asks is looked up each time. */
export const urlOf = (fileId: string): string => `/v1/files/${fileId}/download`;
const thumbnailUrlOf = (fileId: string): string => `${urlOf(fileId)}?thumbnail=true`;

/** What a message needs of a file, as one statement reads it. */
export interface AttachmentRow {
  id: string;
  name: string;
  mime_type: string;
  size: number;
  status: FileRow['status'];
  width: number | null;
  height: number | null;
  has_thumbnail: boolean;
}

const measuresOf = (row: { width: number | null; height: number | null }) =>
  row.width === null || row.height === null ? {} : { width: row.width, height: row.height };

export function toStoredFile(row: FileRow): StoredFile {
  return {
    id: row.id,
    name: row.name,
    mimeType: row.mime_type,
    size: row.size,
    objectKey: row.object_key,
    url: urlOf(row.id),
    status: row.status,
    ...measuresOf(row),
    ...(row.thumbnail_key === null ? {} : { thumbnailUrl: thumbnailUrlOf(row.id) }),
  };
}

export function toAttachment(row: AttachmentRow, { durationSeconds, waveform }: MessageMedia): Attachment {
  return {
    fileId: row.id,
    name: row.name,
    mimeType: row.mime_type,
    size: row.size,
    url: urlOf(row.id),
    status: row.status,
    ...measuresOf(row),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    ...(waveform === undefined ? {} : { waveform: [...waveform] }),
    ...(row.has_thumbnail ? { thumbnailUrl: thumbnailUrlOf(row.id) } : {}),
  };
}
