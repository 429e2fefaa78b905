import { AppError, type Message, type Send } from '@parley/contract';
import { type RawBuilder, sql } from 'kysely';
import type { MessageMedia } from '../../db/schema.ts';
import { isSound } from '../files/kinds.ts';
import { type AttachmentRow, toAttachment } from '../files/views.ts';
import { findSticker } from '../stickers/set.ts';

type SentType = 'text' | 'file' | 'voice' | 'sticker';

/** Makes sure that these are files of the sender that may be sent; they are kept for a while. */
export type ClaimFiles = (userId: string, fileIds: readonly string[]) => Promise<{ id: string; mimeType: string }[]>;

/** What a message is besides its text, checked. */
export interface Prepared {
  type: SentType;
  content: string;
  media?: MessageMedia;
}

const wrong = (path: string, message: string): AppError =>
  new AppError('validation_error', { errors: [{ path, message }] });

/** These have a recording or a picture, and nothing that is written. */
export const isWordless = (type: string): boolean => type === 'voice' || type === 'sticker';

/** Without a type it follows from what is sent. */
const typeOf = ({ messageType, type, fileIds, stickerId }: Send): SentType =>
  messageType ?? type ?? (fileIds?.length ? 'file' : stickerId === undefined ? 'text' : 'sticker');

type Prepare = (userId: string, sent: Send, claim: ClaimFiles) => Promise<MessageMedia | undefined>;

const prepare: Readonly<Record<SentType, Prepare>> = {
  text: async () => undefined,
  async file(userId, { fileIds = [] }, claim) {
    if (fileIds.length === 0) throw wrong('/fileIds', 'must name a file at least');
    if (new Set(fileIds).size < fileIds.length) throw wrong('/fileIds', 'must not name a file twice');
    await claim(userId, fileIds);
    return { fileIds };
  },
  async voice(userId, { fileIds = [], durationSeconds, waveform }, claim) {
    if (fileIds.length !== 1) throw wrong('/fileIds', 'must name one recording');
    const [file] = await claim(userId, fileIds);
    if (!isSound(file?.mimeType ?? '')) throw wrong('/fileIds', 'must name a recording');
    return {
      fileIds,
      ...(durationSeconds === undefined ? {} : { durationSeconds }),
      ...(waveform === undefined ? {} : { waveform }),
    };
  },
  async sticker(_userId, { stickerId }) {
    if (stickerId === undefined) throw wrong('/stickerId', 'is missing');
    if (findSticker(stickerId) === undefined) throw new AppError('sticker_not_found');
    return { stickerId };
  },
};

/** Throws for what does not fit together: files in a text, a text in a sticker. */
export async function prepareMedia(userId: string, sent: Send, claim: ClaimFiles): Promise<Prepared> {
  const type = typeOf(sent);
  const content = sent.content ?? '';
  if (type !== 'file' && type !== 'voice' && sent.fileIds?.length) throw wrong('/fileIds', `are not for a ${type}`);
  if (type !== 'sticker' && sent.stickerId !== undefined) throw wrong('/stickerId', `is not for a ${type}`);
  if (isWordless(type) && content !== '') throw wrong('/content', `is not for a ${type}`);
  const media = await prepare[type](userId, sent, claim);
  return media === undefined ? { type, content } : { type, content, media };
}

/** A file `f` as an AttachmentRow. */
export const attachmentJson: RawBuilder<AttachmentRow> = sql`json_build_object(
  'id', f.id, 'name', f.name, 'mime_type', f.mime_type, 'size', f.size, 'status', f.status,
  'width', f.width, 'height', f.height, 'has_thumbnail', f.thumbnail_key is not null)`;

/** The files of a message `m` in their order, as JSON; null for the many that have none, at no cost. */
export const attachmentsOf = (m: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  case when ${m}.media ? 'fileIds' then (
    select json_agg(${attachmentJson} order by mf.place)
    from message_files mf join files f on f.id = mf.file_id
    where mf.chat_id = ${m}.chat_id and mf.message_id = ${m}.id) end`;

/** What is told of it. A sticker that is no longer in the set keeps its name. */
export function mediaOf(
  media: MessageMedia | null,
  attachments: readonly AttachmentRow[] | null,
): Pick<Message, 'attachments' | 'sticker' | 'durationSeconds'> {
  if (media === null) return {};
  const { stickerId, durationSeconds } = media;
  return {
    ...(media.fileIds === undefined ? {} : { attachments: (attachments ?? []).map((row) => toAttachment(row, media)) }),
    ...(stickerId === undefined
      ? {}
      : { sticker: findSticker(stickerId) ?? { id: stickerId, label: stickerId, url: '' } }),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
  };
}
