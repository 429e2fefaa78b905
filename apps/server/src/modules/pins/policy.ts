import type { ErrorCode } from '@parley/contract';
import { isAdmin } from '../members/policy.ts';
import type { Membership } from '../members/service.ts';
import type { StoredMessage } from '../messages/service.ts';

/** Messages that may be held up in one chat. */
export const maxPins = 100;

/** In a direct chat both may, unless one has blocked the other; elsewhere the owner and admins. */
export function refusePinning(member: Membership, message: StoredMessage | undefined): ErrorCode | undefined {
  if (member.barrier !== undefined) return member.barrier;
  if (member.chatType !== 'direct' && !isAdmin(member)) return 'forbidden';
  return message === undefined || message.deletedAt !== null || message.type === 'system' ? 'forbidden' : undefined;
}
