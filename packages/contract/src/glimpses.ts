import { ChatFacts, ChatType } from './chats.ts';
import { optional, type Static, Type } from './schema.ts';

/** What is told of a chat to somebody who is not signed in: enough to know what one is invited to. */
export const ChatGlimpse = Type.Object({
  type: ChatType,
  title: optional(Type.String({ description: '1 to 128 characters.' })),
  description: ChatFacts.properties.description,
  avatarUrl: ChatFacts.properties.avatarUrl,
  memberCount: ChatFacts.properties.memberCount,
});
export type ChatGlimpse = Static<typeof ChatGlimpse>;

export const InviteGlimpse = Type.Object({
  ...ChatGlimpse.properties,
  requiresApproval: Type.Boolean({ description: 'Whether an admin has to let in who follows the link.' }),
});
export type InviteGlimpse = Static<typeof InviteGlimpse>;
