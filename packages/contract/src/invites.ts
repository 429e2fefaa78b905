import { ChatFacts, ChatType } from './chats.ts';
import { described, Id, optional, type Static, Timestamp, Type } from './schema.ts';
import { User } from './users.ts';

export const InviteToken = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'What the link ends with, `/join/<token>`: 24 random bytes in base64url.',
});

/** How many links of a chat may stand at once. */
export const maxInvites = 100;

export const NewInvite = Type.Object({
  expiresAt: optional(described(Timestamp, 'In the future; absent: never.')),
  maxUses: optional(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description: 'How many people may come by it; absent: any number. One who waits for approval holds a place.',
    }),
  ),
  requiresApproval: optional(
    Type.Boolean({ description: 'Whoever follows it waits until an admin lets them in; false by default.' }),
  ),
});
export type NewInvite = Static<typeof NewInvite>;

/** A link into a chat, as its admins see it. The address is `/join/<token>`. */
export const Invite = Type.Object({
  token: InviteToken,
  chatId: described(Id, 'The chat it leads into.'),
  createdBy: described(Id, 'A participant id of the chat.'),
  createdAt: described(Timestamp, 'When it was made.'),
  expiresAt: optional(described(Timestamp, 'From then on nobody comes by it; absent: never.')),
  maxUses: optional(Type.Integer({ description: 'How many people may come by it; absent: any number.' })),
  useCount: Type.Integer({ description: 'How many have come by it, or wait to be let in.' }),
  requiresApproval: Type.Boolean({ description: 'Whether an admin has to let in who follows it.' }),
});
export type Invite = Static<typeof Invite>;

/** What one may know of a chat before following a link into it. */
export const InvitePreview = Type.Object({
  chatId: optional(described(Id, 'For those who are in it already; absent for others.')),
  type: ChatType,
  title: optional(Type.String({ description: '1 to 128 characters.' })),
  description: ChatFacts.properties.description,
  avatarUrl: ChatFacts.properties.avatarUrl,
  memberCount: ChatFacts.properties.memberCount,
  requiresApproval: Type.Boolean({
    description:
      'Whether this viewer would wait for an admin: whoever was removed from the chat does, whatever the link says.',
  }),
  isMember: Type.Boolean({ description: 'The viewer is in it already.' }),
  isWaiting: Type.Boolean({ description: 'The viewer has asked, and waits.' }),
});
export type InvitePreview = Static<typeof InvitePreview>;

/** One has asked to be let in. `chat.join_resolved` tells what became of it. */
export const JoinWaiting = Type.Object({
  chatId: described(Id, 'The chat one wants into.'),
  isWaiting: Type.Literal(true, { description: 'Tells this answer from a chat.' }),
});
export type JoinWaiting = Static<typeof JoinWaiting>;

export const JoinRequest = Type.Object({
  user: described(User, 'Who waits.'),
  requestedAt: described(Timestamp, 'Since when.'),
});
export type JoinRequest = Static<typeof JoinRequest>;
