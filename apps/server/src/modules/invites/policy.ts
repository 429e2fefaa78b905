import type { ErrorCode } from '@parley/contract';
import type { InviteRow } from './store.ts';

type Standing = Pick<InviteRow, 'expires_at' | 'max_uses' | 'use_count' | 'revoked_at'>;

/** Whether anybody may still come by this link. */
export function refuseInvite(invite: Standing, now: number): ErrorCode | undefined {
  if (invite.revoked_at !== null) return 'invite_revoked';
  if (invite.expires_at !== null && invite.expires_at.getTime() <= now) return 'invite_expired';
  return invite.max_uses !== null && invite.use_count >= invite.max_uses ? 'invite_used_up' : undefined;
}

/** The same for somebody who is not signed in, who is not told why. */
export const refuseGlimpse = (invite: Standing, now: number): ErrorCode | undefined =>
  refuseInvite(invite, now) && 'invite_over';
