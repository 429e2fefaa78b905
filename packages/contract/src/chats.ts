import { Draft } from './drafts.ts';
import { maxUnreadMentions } from './mentions.ts';
import { Message } from './messages.ts';
import { Participant, Role } from './participants.ts';
import {
  described,
  Id,
  nullable,
  oneOf,
  optional,
  Position,
  paged,
  Sequence,
  type Static,
  Timestamp,
  Type,
} from './schema.ts';
import { User } from './users.ts';

export const ChatType = described(
  oneOf('direct', 'group', 'channel'),
  '`direct`: two people, or with only oneself Saved Messages. `group`: all write. `channel`: admins write.',
);
export type ChatType = Static<typeof ChatType>;

export const ChatTitle = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[^\\u0000-\\u001f\\u007f]*\\S[^\\u0000-\\u001f\\u007f]*$',
});
export const ChatDescription = Type.String({ maxLength: 1_000 });
export const PublicName = Type.String({ minLength: 4, maxLength: 32, pattern: '^[a-zA-Z][a-zA-Z0-9_]*$' });

/** What is the same for every viewer of a chat. */
export const ChatFacts = Type.Object({
  id: described(Id, 'Its topic is `chat:<id>`.'),
  type: ChatType,
  title: optional(
    Type.String({ description: '1 to 128 characters; absent of a direct chat, which is called as `peer`.' }),
  ),
  description: optional(
    Type.String({ description: 'What it is about, up to 1,000 characters; absent or empty when nothing was said.' }),
  ),
  publicName: optional(
    Type.String({
      description: 'By which anyone finds and joins it, unique whatever the case; absent of private chats.',
    }),
  ),
  avatarUrl: User.properties.avatarUrl,
  memberCount: Type.Integer({ description: 'Those who are in it now.' }),
  createdAt: described(Timestamp, 'When it was made.'),
});
export type ChatFacts = Static<typeof ChatFacts>;

const flags = {
  isPinned: Type.Boolean({ description: 'Kept at the top of the viewer’s list.' }),
  isFavorite: Type.Boolean({ description: 'Marked as a favourite by the viewer.' }),
  isArchived: Type.Boolean({ description: 'Put out of sight by the viewer.' }),
  mutedUntil: optional(
    described(Timestamp, 'The viewer is not notified before; absent when not muted, the year 9999 when for good.'),
  ),
};

/** A chat as one member sees it. `unreadCount` = `messageCount` - `readCount`; service messages count in neither. */
export const Chat = Type.Object({
  ...ChatFacts.properties,
  lastMessage: optional(
    described(
      Message,
      'The newest that is left: neither deleted nor deleted by the viewer for themself. Absent when there is none. After `message.deleted` or `message.hidden` of this one it is the one before, to be found in what was loaded of the chat, or asked for.',
    ),
  ),
  isLastMessageRead: optional(
    Type.Boolean({
      description:
        'True when `lastMessage` is the viewer’s own, stands at `lastSequence`, and a receipt of somebody else reaches it; else left out. Kept up to date by `receipt.updated` and `message.new`.',
    }),
  ),
  lastSequence: described(
    Sequence,
    'Of the newest message, service messages and deleted ones included; 0 when there was none.',
  ),
  messageCount: described(Sequence, 'All messages there ever were, but for service messages.'),
  readSequence: described(Sequence, 'The last message the viewer has read; 0 before the first.'),
  readCount: described(Sequence, 'How many of `messageCount` are at or below `readSequence`.'),
  unreadCount: described(Sequence, '`messageCount` - `readCount`.'),
  unreadMentions: Type.Integer({
    minimum: 0,
    maximum: maxUnreadMentions,
    description: 'How many messages after `readSequence` mention the viewer; counted up to 100.',
  }),
  unreadMentionSequences: optional(
    Type.Array(Sequence, {
      maxItems: maxUnreadMentions,
      description:
        'Where they are, the oldest first; of more than 100 the newest. Absent when there are none. Kept up to date by `message.new`, `message.updated`, `message.deleted` and `chat.read`.',
    }),
  ),
  myRole: described(Role, 'Of the viewer.'),
  myParticipantId: described(Id, 'The `senderId` of the viewer in this chat.'),
  ...flags,
  draft: optional(described(Draft, 'What the viewer has begun to write; absent when nothing.')),
  joinRequestCount: optional(
    Type.Integer({ description: 'How many wait to be let in; told to admins, absent when nobody does.' }),
  ),
  peer: optional(described(User, 'The other person of a direct chat; oneself in Saved Messages.')),
  participants: Type.Array(Participant, { description: 'Those whose ids appear in `lastMessage`.' }),
  position: described(Position, 'Where its topic stood when this was read: live events follow on it.'),
});
export type Chat = Static<typeof Chat>;

export const NewChat = Type.Object({
  type: ChatType,
  memberIds: Type.Array(Id, {
    maxItems: 1_000,
    description: 'User ids; oneself need not be among them. Of a direct chat one, or none for Saved Messages.',
  }),
  title: optional(described(ChatTitle, 'Needed, but for a direct chat, which has none.')),
  description: optional(described(ChatDescription, 'What it is about.')),
  publicName: optional(described(PublicName, 'Must be free; makes the chat public. Not of direct chats.')),
});
export type NewChat = Static<typeof NewChat>;

export const ChatChange = Type.Object({
  title: optional(described(ChatTitle, 'Absent: as it is.')),
  description: optional(described(ChatDescription, 'May be empty; absent: as it is.')),
  publicName: optional(
    described(nullable(PublicName), 'Must be free; `null` makes the chat private, absent: as it is.'),
  ),
});
export type ChatChange = Static<typeof ChatChange>;

export const ChatList = Type.Object({
  items: Type.Array(Chat, { description: 'The one with the newest message first.' }),
  position: described(Position, 'Where the viewer’s own topic `user:<id>` stood in the same snapshot.'),
  ...paged,
});
export type ChatList = Static<typeof ChatList>;

export const MembershipEnd = described(oneOf('left', 'removed'), '`removed`: somebody else did it.');
export const Mute = Type.Object({ until: optional(described(Timestamp, 'Absent: for good.')) });

/** How one member has filed a chat. */
export const ChatFlags = Type.Object(flags);
export type ChatFlags = Static<typeof ChatFlags>;
