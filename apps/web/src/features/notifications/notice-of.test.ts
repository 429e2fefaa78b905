import type { ChatState } from '@parley/client';
import type { Message } from '@parley/contract';
import { expect, it } from 'vitest';
import { type Asked, isWorthTelling } from './notice-of.ts';

const now = Date.parse('2026-06-01T12:00:00.000Z');
const message = { sentAt: '2026-06-01T11:59:58.000Z' } as Message;
const chat = { isArchived: false, type: 'group', myParticipantId: 'me' } as ChatState;
const asked: Asked = { message, chat, isOwn: false, isSeen: false, isWanted: true, now };

it('a new message of somebody else is told to whoever does not look', () => {
  expect(isWorthTelling(asked)).toBe(true);
});

const muted = { ...chat, mutedUntil: '2026-06-01T13:00:00.000Z' };
const named = { ...message, mentions: ['you', 'me'] } as Message;

it('one that mentions the person is told in a muted chat, too', () => {
  expect(isWorthTelling({ ...asked, message: named, chat: muted })).toBe(true);
});

it.each<[string, Partial<Asked>]>([
  ['one’s own', { isOwn: true }],
  ['seen', { isSeen: true }],
  ['not wanted', { isWanted: false }],
  ['of a muted chat', { chat: muted }],
  ['in a muted chat about somebody else', { chat: muted, message: { ...message, mentions: ['you'] } as Message }],
  ['a mention in a muted chat of two', { chat: { ...muted, type: 'direct' }, message: named }],
  ['a mention in an archived chat', { chat: { ...chat, isArchived: true }, message: named }],
  ['of an archived chat', { chat: { ...chat, isArchived: true } }],
  ['of a chat that is not there', { chat: undefined }],
  ['old', { message: { ...message, sentAt: '2026-06-01T11:00:00.000Z' } }],
  ['written by nobody', { message: { ...message, service: { action: 'member_joined', actorId: 'x' } } as Message }],
])('not when it is %s', (_why, change) => {
  expect(isWorthTelling({ ...asked, ...change })).toBe(false);
});
