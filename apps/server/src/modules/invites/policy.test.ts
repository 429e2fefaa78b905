import { expect, test } from 'vitest';
import { refuseGlimpse, refuseInvite } from './policy.ts';

const now = Date.parse('2026-01-31T12:00:00.000Z');
const open = { expires_at: null, max_uses: null, use_count: 1_000, revoked_at: null };

test.each([
  ['one without an end', open, undefined],
  ['one that was withdrawn', { ...open, revoked_at: new Date(now - 1) }, 'invite_revoked'],
  ['one that ends later', { ...open, expires_at: new Date(now + 1) }, undefined],
  ['one that ends now', { ...open, expires_at: new Date(now) }, 'invite_expired'],
  ['one with a place left', { ...open, max_uses: 2, use_count: 1 }, undefined],
  ['one that is full', { ...open, max_uses: 2, use_count: 2 }, 'invite_used_up'],
  ['one that is full and was withdrawn', { ...open, max_uses: 1, revoked_at: new Date(now) }, 'invite_revoked'],
] as const)('%s', (_name, invite, refusal) => {
  expect(refuseInvite(invite, now)).toBe(refusal);
  expect(refuseGlimpse(invite, now)).toBe(refusal && 'invite_over');
});
