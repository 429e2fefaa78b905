import type { Participant, Role } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { byRank, canManage, canRemove, canSetRole } from './member-rights.ts';

const buildPerson = (id: string, role: Role): Participant => ({ id, role, displayName: id, isMember: true });
const chatOf = (myRole: Role, type: 'group' | 'direct' | 'channel' = 'group') =>
  ({ type, myRole, myParticipantId: 'me' }) as const;

describe('what is offered in the list of members', () => {
  it.each([
    ['owner', 'admin', true, true],
    ['owner', 'member', true, true],
    ['admin', 'member', true, false],
    ['admin', 'admin', false, false],
    ['admin', 'owner', false, false],
    ['member', 'member', false, false],
  ] as const)('to an %s about an %s: removing %s, giving a role %s', (mine, theirs, removing, giving) => {
    const person = buildPerson('other', theirs);
    expect(canRemove(chatOf(mine), person)).toBe(removing);
    expect(canSetRole(chatOf(mine), person)).toBe(giving);
  });

  it('is nothing about oneself, and nothing in direct chats', () => {
    expect(canRemove(chatOf('owner'), buildPerson('me', 'member'))).toBe(false);
    expect(canSetRole(chatOf('owner'), buildPerson('me', 'member'))).toBe(false);
    expect(canManage(chatOf('owner', 'direct'))).toBe(false);
    expect(canRemove(chatOf('owner', 'direct'), buildPerson('other', 'member'))).toBe(false);
  });
});

describe('the order of members', () => {
  it('is by role, then by name', () => {
    const people = [buildPerson('zoe', 'member'), buildPerson('bob', 'admin'), buildPerson('ann', 'member')];
    const owner = buildPerson('walt', 'owner');
    expect([...people, owner].sort(byRank).map(({ id }) => id)).toEqual(['walt', 'bob', 'ann', 'zoe']);
  });
});
