import { Attachment, Duration, maxFilesPerMessage, Sticker, Waveform } from './files.ts';
import { maxMentions } from './mentions.ts';
import { Participant } from './participants.ts';
import { Reaction } from './reactions.ts';
import { described, Id, oneOf, optional, Position, Sequence, type Static, Timestamp, Type } from './schema.ts';

export const maxContentLength = 8_000;

export const MessageType = described(
  oneOf('text', 'file', 'voice', 'sticker', 'poll', 'system'),
  'What to show it as. `system`: something was done in the chat, see `service`.',
);
export type MessageType = Static<typeof MessageType>;

export const ReplyTo = Type.Object({
  messageId: described(Id, 'A message of the same chat.'),
  senderId: described(Id, 'Participant id of whoever wrote it.'),
  excerpt: Type.String({ description: 'Start of its text as it is now, at most 120 characters; empty when deleted.' }),
  messageType: MessageType,
  sequence: optional(
    described(Sequence, 'Where it is: what one jumps to. Left out by a client that shows its own unsent message.'),
  ),
});

export type ReplyTo = Static<typeof ReplyTo>;

/**
 * Whose words a forwarded message repeats, as it was when they were forwarded. Of a public channel the channel and its message,
 * of a person who they are; never a chat that not everybody may see.
 */
export const ForwardedFrom = Type.Object({
  chatId: optional(described(Id, 'A public channel; absent for anything else.')),
  messageId: optional(described(Id, 'The post there; it may be gone since.')),
  userId: optional(described(Id, 'A user id; absent of a channel, and where the person is pseudonymous.')),
  displayName: Type.String({ description: 'Name of the channel or person when it was forwarded.' }),
});
export type ForwardedFrom = Static<typeof ForwardedFrom>;

/** What a service message tells: `{action: "member_added", actorId, targetId}`. Ids are participant ids. */
export const ServiceAction = Type.Object({
  action: described(
    oneOf(
      'member_added',
      'member_joined',
      'member_left',
      'member_removed',
      'renamed',
      'described',
      'owner_changed',
      'pinned',
    ),
    'What was done; a client leaves out what it does not know.',
  ),
  actorId: described(Id, 'Participant id of whoever did it.'),
  targetId: optional(described(Id, 'Participant id of the one it was done to; absent when it was nobody.')),
  value: optional(Type.String({ description: 'With `renamed`: the new title.' })),
  message: optional(
    Type.Object(
      {
        messageId: described(Id, 'A message of the same chat.'),
        sequence: described(Sequence, 'Where it is: what one jumps to.'),
      },
      { description: 'With `pinned`: the message; it may be gone since.' },
    ),
  ),
});
export type ServiceAction = Static<typeof ServiceAction>;

/** A message. Deleted ones (for everyone, or by the viewer for themself) keep their place with an empty content. */
export const Message = Type.Object({
  id: described(Id, 'Known since it was accepted; with a `clientMessageId`, each repeat of the send has the same.'),
  chatId: described(Id, 'The chat it was sent to.'),
  senderId: described(Id, 'A participant id of this chat.'),
  content: Type.String({
    description: 'Text, at most 8,000 characters; empty when deleted, and where there are no words.',
  }),
  messageType: MessageType,
  status: Type.Literal('sent', { description: 'It is stored; clients have states of their own before that.' }),
  sequence: described(Sequence, 'Its number in the chat, from 1; the order in which all see the messages.'),
  sentAt: described(Timestamp, 'By the clock of the server.'),
  editedAt: optional(described(Timestamp, 'Of the last edit; absent when there was none.')),
  deletedAt: optional(described(Timestamp, 'There when it was deleted, for all or by the viewer for themself.')),
  clientMessageId: optional(Type.String({ description: 'As its sender gave it; told to nobody else.' })),
  replyTo: optional(described(ReplyTo, 'What it answers; absent when nothing, or when it was deleted.')),
  attachments: optional(
    Type.Array(Attachment, { description: 'Of a message of type `file` or `voice`: 1 to 10, in the order given.' }),
  ),
  sticker: optional(described(Sticker, 'Of a message of type `sticker`.')),
  durationSeconds: Attachment.properties.durationSeconds,
  forwardedFrom: optional(described(ForwardedFrom, 'Whose words it repeats; absent when it is no forward.')),
  mentions: optional(
    Type.Array(Id, {
      maxItems: maxMentions,
      description:
        'Participant ids of the members whom its text names as `@username`, in that order; absent when nobody. Found when it was accepted: renaming oneself changes none. A forward mentions nobody.',
    }),
  ),
  service: optional(described(ServiceAction, 'What was done; of a message of type `system`.')),
  silent: optional(Type.Boolean({ description: 'True: notify without a sound. Absent otherwise.' })),
  reactions: optional(
    Type.Array(Reaction, {
      description:
        'In the order the kinds came; absent when there are none. Told in pages only: from there on events tell the counts.',
    }),
  ),
});
export type Message = Static<typeof Message>;

export const ClientMessageId = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[\\x21-\\x7e]+$',
  description: 'Any printable string the client chose; with it a repeat of the send is recognised.',
});

/** Room for four UTF-16 units a character; the service counts characters. */
const content = { maxLength: maxContentLength * 4 };
const SendType = oneOf('text', 'file', 'voice', 'sticker');

export const Send = Type.Object({
  content: optional(
    Type.String({
      ...content,
      description:
        'At most 8,000 characters. May be left out beside files; a voice message and a sticker have none. `@username` mentions a member: up to 20 of them, unless they have blocked the sender.',
    }),
  ),
  type: optional(described(SendType, 'The same as `messageType`.')),
  messageType: optional(described(SendType, 'Absent: as the other fields say.')),
  fileIds: optional(
    Type.Array(Id, {
      maxItems: maxFilesPerMessage,
      description: 'Uploaded before, by the sender; `ready` or `processing`. A voice message has one.',
    }),
  ),
  stickerId: optional(Type.String({ maxLength: 64, description: 'One of `/stickers`.' })),
  durationSeconds: optional(Duration),
  waveform: optional(Waveform),
  replyToMessageId: optional(described(Id, 'A message of this chat that one can see.')),
  clientMessageId: optional(ClientMessageId),
  silent: optional(Type.Boolean({ description: 'True: whoever gets it is notified without a sound.' })),
  scheduledAt: optional(
    described(Timestamp, 'Sent then, within a year, and until then seen by its sender only; absent or past: at once.'),
  ),
});
export type Send = Static<typeof Send>;

export const Forward = Type.Object({
  fromChatId: described(Id, 'The chat they are in, which one can see.'),
  messageIds: Type.Array(Id, {
    minItems: 1,
    maxItems: 100,
    uniqueItems: true,
    description: 'In the order they are to come.',
  }),
  clientMessageIds: optional(
    Type.Array(ClientMessageId, {
      minItems: 1,
      maxItems: 100,
      uniqueItems: true,
      description: 'One for each message, as with sending: a repeat sends nothing twice.',
    }),
  ),
  silent: optional(Type.Boolean({ description: 'True: whoever gets them is notified without a sound.' })),
});
export type Forward = Static<typeof Forward>;

/** Accepted, and kept: the event with this id will come. */
export const Accepted = Type.Object({
  id: described(Id, 'What the message will have once stored.'),
  chatId: described(Id, 'The chat it was sent to.'),
  brokerMessageId: described(Id, 'The same as `id`.'),
  clientMessageId: optional(Type.String({ description: 'As the sender gave it; absent when none was given.' })),
});
export type Accepted = Static<typeof Accepted>;

export const Edit = Type.Object({
  content: Type.String({
    ...content,
    description:
      'In place of the text there is; at most 8,000 characters. May be empty beside files. Whom it mentions is found anew.',
  }),
});

const beside = {
  participants: Type.Array(Participant, {
    description: 'Everyone whose id appears in the items, as this viewer may see them.',
  }),
  position: described(Position, 'Where the topic of the chat stood when these were read: live events follow on it.'),
};

/** Oldest to newest. `position` is that of the chat's topic, read in the same snapshot. */
export const MessagePage = Type.Object({
  items: Type.Array(Message, { description: 'Oldest to newest.' }),
  ...beside,
  nextCursor: optional(
    Type.String({
      description: 'Sequence to continue from in the direction of travel (`before` by default); absent at the end.',
    }),
  ),
  hasOlder: Type.Boolean({ description: 'Whether there are messages before the first of these.' }),
  hasNewer: Type.Boolean({ description: 'Whether there are messages after the last of these.' }),
});
export type MessagePage = Static<typeof MessagePage>;

/** Messages that are held up for all, the latest first. `position` is that of the chat's topic, read in the same snapshot. */
export const PinnedMessages = Type.Object({
  items: Type.Array(Message, { description: 'The latest pinned first; 100 at most.' }),
  ...beside,
});
export type PinnedMessages = Static<typeof PinnedMessages>;

export const PageQuery = Type.Object({
  limit: optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Messages in one answer; 50 by default.' })),
  before: optional(described(Sequence, 'Those below it, the nearest ones.')),
  after: optional(described(Sequence, 'Those above it, the nearest ones.')),
  around: optional(described(Sequence, 'It and those on both sides of it.')),
});
export type PageQuery = Static<typeof PageQuery>;

export const MessageVersion = Type.Object({
  content: Type.String({ description: 'The text of this version.' }),
  at: described(Timestamp, 'Since when it was the text.'),
});

export const Read = Type.Object({
  sequence: optional(described(Sequence, 'The last message one has read. Absent: all there is now.')),
});

export const ReadReceipt = Type.Object({
  userId: described(Id, 'Participant id of the reader.'),
  sequence: described(Sequence, 'The last message they have read.'),
  readAt: described(Timestamp, 'When they read up to there.'),
});
export type ReadReceipt = Static<typeof ReadReceipt>;
