import type { Invite } from '@parley/contract';

export const inviteLink = ({ token }: Pick<Invite, 'token'>): string => `${location.origin}/join/${token}`;

/** Enough of it to tell one from another. */
export const shortLink = ({ token }: Pick<Invite, 'token'>): string => `/join/${token.slice(0, 8)}…`;

const dayMs = 86_400_000;
export const lifetimes = ['never', 'day', 'week', 'month'] as const;
export type Lifetime = (typeof lifetimes)[number];
const days: Readonly<Record<Exclude<Lifetime, 'never'>, number>> = { day: 1, week: 7, month: 30 };

export const expiryOf = (lifetime: Lifetime, now: number): string | undefined =>
  lifetime === 'never' ? undefined : new Date(now + days[lifetime] * dayMs).toISOString();

/** Whether it still lets anybody in. */
export const isOver = ({ expiresAt, maxUses, useCount }: Invite, now: number): boolean =>
  (expiresAt !== undefined && Date.parse(expiresAt) <= now) || (maxUses !== undefined && useCount >= maxUses);
