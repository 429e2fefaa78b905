import { Attachment } from './files.ts';
import { Message, maxContentLength } from './messages.ts';
import { described, Id, optional, type Static, Timestamp, Type } from './schema.ts';

/** How many messages a person may have scheduled in one chat. */
export const maxScheduled = 100;

/** A message that is sent at its time; its sender alone sees it until then. One that could not be sent stays. */
export const ScheduledMessage = Type.Object({
  id: described(Id, 'The one it will have as a message.'),
  chatId: described(Id, 'The chat it will be sent to.'),
  content: Type.String({ description: 'Text, at most 8,000 characters; empty where there are no words.' }),
  messageType: Message.properties.messageType,
  attachments: optional(
    Type.Array(Attachment, {
      description: 'Of a message of type `file` or `voice`, in the order given; those that are still there.',
    }),
  ),
  sticker: Message.properties.sticker,
  durationSeconds: Message.properties.durationSeconds,
  replyToMessageId: optional(described(Id, 'What it will answer; absent when nothing.')),
  silent: optional(
    Type.Boolean({ description: 'True: whoever gets it is notified without a sound. Absent otherwise.' }),
  ),
  scheduledAt: described(Timestamp, 'When it is to be sent, or was to be.'),
  failedCode: optional(
    Type.String({
      description:
        'Why it was not sent, by the table of errors: it is kept until it is given another time or cancelled. Otherwise absent.',
    }),
  ),
});
export type ScheduledMessage = Static<typeof ScheduledMessage>;

export const ScheduledChange = Type.Object({
  content: optional(
    Type.String({ maxLength: maxContentLength * 4, description: 'At most 8,000 characters; absent: as it is.' }),
  ),
  scheduledAt: optional(
    described(
      Timestamp,
      'Within a year; one that has passed sends it at once, also what could not be sent before. Absent: as it is.',
    ),
  ),
});
export type ScheduledChange = Static<typeof ScheduledChange>;
