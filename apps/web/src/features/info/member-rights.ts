import type { ChatState } from '@parley/client';
import type { Participant, Role } from '@parley/contract';

const rank: Readonly<Record<Role, number>> = { owner: 3, admin: 2, member: 1 };

type Viewed = Pick<ChatState, 'type' | 'myRole' | 'myParticipantId'>;

/** What is offered; the server decides. */
export const canManage = ({ type, myRole }: Pick<Viewed, 'type' | 'myRole'>): boolean =>
  type !== 'direct' && rank[myRole] >= rank.admin;

const isOther = (chat: Viewed, { id }: Participant): boolean => id !== chat.myParticipantId;

export const canRemove = (chat: Viewed, person: Participant): boolean =>
  canManage(chat) && isOther(chat, person) && rank[chat.myRole] > rank[person.role];

/** Roles are given by the owner. */
export const canSetRole = (chat: Viewed, person: Participant): boolean =>
  chat.type !== 'direct' && chat.myRole === 'owner' && isOther(chat, person);

/** The owner first, then admins, then everybody else by name. */
export const byRank = (a: Participant, b: Participant): number =>
  rank[b.role] - rank[a.role] || a.displayName.localeCompare(b.displayName);
