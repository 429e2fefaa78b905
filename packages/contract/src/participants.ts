import { described, Id, oneOf, optional, type Static, Type } from './schema.ts';
import { User } from './users.ts';

export const Role = described(
  oneOf('owner', 'admin', 'member'),
  'A chat has one owner, but for direct chats, which have none.',
);
export type Role = Static<typeof Role>;

/**
 * Who stands behind a `senderId`, for one viewer. In chats with open identities `id` equals `userId`;
 * where a person is pseudonymous `userId` and `username` are absent.
 */
export const Participant = Type.Object({
  id: described(Id, 'Participant id: what `senderId` and the like name, in this chat.'),
  userId: optional(described(Id, 'Who it is outside the chat; absent where they are pseudonymous.')),
  displayName: Type.String({ description: 'What to show; of a pseudonymous person their name in this chat.' }),
  username: optional(Type.String({ description: 'Absent where they are pseudonymous.' })),
  avatarUrl: User.properties.avatarUrl,
  role: Role,
  isMember: Type.Boolean({ description: 'False for those who left; their messages stay.' }),
});
export type Participant = Static<typeof Participant>;
