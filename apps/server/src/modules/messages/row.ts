import type { ForwardedFrom, Message, ReplyTo, ServiceAction } from '@parley/contract';
import type { MessageMedia } from '../../db/schema.ts';
import type { AttachmentRow } from '../files/views.ts';
import { mediaOf } from './media.ts';

const excerptLength = 120;

/** A message as the store reads it, with the message it answers and whether the viewer has hidden either. */
export interface MessageRow {
  chat_id: string;
  id: string;
  sequence: number;
  sender_id: string;
  client_message_id: string | null;
  type: Message['messageType'];
  content: string;
  media: MessageMedia | null;
  attachments: readonly AttachmentRow[] | null;
  service: ServiceAction | null;
  forwarded_from: ForwardedFrom | null;
  mentions: readonly string[] | null;
  is_silent: boolean;
  sent_at: Date;
  edited_at: Date | null;
  deleted_at: Date | null;
  reply_to_id: string | null;
  reply_sender_id: string | null;
  reply_type: Message['messageType'] | null;
  reply_sequence: number | null;
  reply_content: string | null;
}

/** Deleted messages keep their place, without a word of what they said. `own`: with what only the sender is told. */
export function toMessage(row: MessageRow, own: boolean): Message {
  const isDeleted = row.deleted_at !== null;
  return {
    id: row.id,
    chatId: row.chat_id,
    senderId: row.sender_id,
    content: isDeleted ? '' : row.content,
    messageType: row.type,
    status: 'sent',
    sequence: row.sequence,
    sentAt: row.sent_at.toISOString(),
    ...(row.edited_at && !isDeleted ? { editedAt: row.edited_at.toISOString() } : {}),
    ...(row.deleted_at ? { deletedAt: row.deleted_at.toISOString() } : {}),
    ...(own && row.client_message_id !== null ? { clientMessageId: row.client_message_id } : {}),
    ...(isDeleted ? {} : replyOf(row)),
    ...(isDeleted || row.forwarded_from === null ? {} : { forwardedFrom: row.forwarded_from }),
    ...(isDeleted ? {} : mediaOf(row.media, row.attachments)),
    ...(isDeleted || row.mentions === null ? {} : { mentions: [...row.mentions] }),
    ...(row.service ? { service: row.service } : {}),
    ...(row.is_silent ? { silent: true } : {}),
  };
}

function replyOf(row: MessageRow): { replyTo?: ReplyTo } {
  if (row.reply_to_id === null || row.reply_sender_id === null || row.reply_type === null) return {};
  const excerpt = excerptOf(row.reply_content ?? '');
  return {
    replyTo: {
      messageId: row.reply_to_id,
      senderId: row.reply_sender_id,
      messageType: row.reply_type,
      excerpt,
      ...(row.reply_sequence === null ? {} : { sequence: row.reply_sequence }),
    },
  };
}

/** The first characters, never half of one. */
export function excerptOf(content: string): string {
  const cut = content.slice(0, excerptLength);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}
