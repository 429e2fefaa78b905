import type { ErrorCode, Role } from '@parley/contract';
import type { Membership } from './store.ts';

const rank: Record<Role, number> = { owner: 3, admin: 2, member: 1 };

export const isAdmin = (member: { role: Role }): boolean => rank[member.role] >= rank.admin;

/** A direct chat has exactly its two people. */
export function refuseManaging(actor: Membership): ErrorCode | undefined {
  return actor.chatType === 'direct' || !isAdmin(actor) ? 'forbidden' : undefined;
}

/** One removes those of lower rank only; oneself one does not remove but leaves. */
export function refuseRemoving(actor: Membership, target: Membership): ErrorCode | undefined {
  return refuseManaging(actor) ?? (rank[actor.role] > rank[target.role] ? undefined : 'forbidden');
}

/** The owner gives roles; handing the chat over is giving the role of owner away. */
export function refuseSettingRole(actor: Membership, target: Membership): ErrorCode | undefined {
  return actor.chatType === 'direct' || actor.role !== 'owner' || target.userId === actor.userId
    ? 'forbidden'
    : undefined;
}

export function refuseLeaving(member: Membership): ErrorCode | undefined {
  if (member.chatType === 'direct') return 'forbidden';
  return member.role === 'owner' ? 'owner_cannot_leave' : undefined;
}

/** In a channel only its admins post; in a direct chat nobody while one has blocked the other. */
export function refusePosting(member: Pick<Membership, 'chatType' | 'role' | 'barrier'>): ErrorCode | undefined {
  if (member.barrier !== undefined) return member.barrier;
  return member.chatType === 'channel' && !isAdmin(member) ? 'forbidden' : undefined;
}
