import { type ErrorCode, maxContentLength } from '@parley/contract';
import { isAdmin } from '../members/policy.ts';
import type { Membership } from '../members/service.ts';
import type { MessageRow } from './row.ts';
import type { StoredMessage } from './store.ts';

/** For how long one may edit. */
export const editWindowMs = 48 * 3_600_000;

/** Characters, not UTF-16 units: an emoji from outside the basic plane counts once. */
function lengthOf(content: string): number {
  if (content.length <= maxContentLength) return content.length;
  let length = 0;
  for (const _ of content) length += 1;
  return length;
}

export const isTooLong = (content: string): boolean => lengthOf(content) > maxContentLength;

/** Beside files a text may be left out. */
export function refuseContent(content: string, hasMedia = false): ErrorCode | undefined {
  if (content.trim() === '' && !hasMedia) return 'message_empty';
  return isTooLong(content) ? 'message_too_long' : undefined;
}

export function refuseEditing(
  member: Membership,
  message: StoredMessage | undefined,
  now: number,
): ErrorCode | undefined {
  if (message === undefined || message.deletedAt !== null) return 'forbidden';
  // Nobody changes what somebody else is said to have said.
  if (message.isForwarded) return 'forbidden';
  const hasText = message.type === 'text' || message.type === 'file';
  if (message.senderId !== member.participantId || !hasText) return 'forbidden';
  return now - message.sentAt.getTime() > editWindowMs ? 'edit_window_closed' : undefined;
}

/** Anything that was said and is still there. */
export const refuseForwarding = (row: Pick<MessageRow, 'deleted_at' | 'type'> | undefined): ErrorCode | undefined =>
  row === undefined || row.deleted_at !== null || row.type === 'system' ? 'forbidden' : undefined;

/** For everyone: one's own, or any as an admin of a group or channel. Service messages stay. */
export function refuseErasing(member: Membership, message: StoredMessage | undefined): ErrorCode | undefined {
  if (message === undefined || message.type === 'system') return 'forbidden';
  const isOwn = message.senderId === member.participantId;
  return isOwn || (member.chatType !== 'direct' && isAdmin(member)) ? undefined : 'forbidden';
}
