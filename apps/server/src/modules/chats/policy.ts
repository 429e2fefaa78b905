import type { ChatGlimpse, ErrorCode, NewChat } from '@parley/contract';
import { isAdmin } from '../members/policy.ts';
import type { Membership } from '../members/service.ts';

/** A direct chat has one other person, or nobody: Saved Messages. Others need a title. */
export function refuseNewChat(chat: NewChat, others: readonly string[]): ErrorCode | undefined {
  if (chat.type === 'direct')
    return others.length > 1 || chat.publicName !== undefined ? 'validation_error' : undefined;
  return chat.title === undefined ? 'validation_error' : undefined;
}

export function refuseChanging(member: Membership): ErrorCode | undefined {
  return member.chatType === 'direct' || !isAdmin(member) ? 'forbidden' : undefined;
}

/** Groups and channels by their owner; a direct chat by either person. */
export function refuseDeleting(member: Membership): ErrorCode | undefined {
  return member.chatType === 'direct' || member.role === 'owner' ? undefined : 'forbidden';
}

interface Place {
  type: ChatGlimpse['type'];
  title: string | null;
  description: string | null;
  avatarUrl: string | null;
  memberCount: number;
}

/** All that anybody is told of a chat before they are in it. No ids, no people, no times. */
export const glimpseOf = ({ type, title, description, avatarUrl, memberCount }: Place): ChatGlimpse => ({
  type,
  memberCount,
  ...(title === null ? {} : { title }),
  ...(description === null ? {} : { description }),
  ...(avatarUrl === null ? {} : { avatarUrl }),
});
