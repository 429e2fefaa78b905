import type { ChatState } from '@parley/client';
import { describe, expect, it } from 'vitest';
import { inOrder, isQuiet, matching, sameIds, unreadIn } from './chat-order.ts';

const buildChat = (id: string, rest: Partial<ChatState> = {}): ChatState =>
  ({
    id,
    type: 'group',
    createdAt: '2026-01-01T00:00:00.000Z',
    isPinned: false,
    isArchived: false,
    unreadCount: 0,
    ...rest,
  }) as ChatState;

const lastAt = (sentAt: string) => ({ lastMessage: { sentAt } as ChatState['lastMessage'] });

describe('the order of the list', () => {
  it('puts pinned chats first and archived ones last, each by what happened last', () => {
    const chats = [
      buildChat('old', lastAt('2026-02-01T00:00:00.000Z')),
      buildChat('archived', { ...lastAt('2026-05-01T00:00:00.000Z'), isArchived: true }),
      buildChat('new', lastAt('2026-03-01T00:00:00.000Z')),
      buildChat('pinned', { isPinned: true }),
      buildChat('empty', { createdAt: '2026-02-15T00:00:00.000Z' }),
    ];
    expect(inOrder(chats).map(({ id }) => id)).toEqual(['pinned', 'new', 'empty', 'old', 'archived']);
  });

  it('is the same array while nothing moved', () => {
    const before = ['a', 'b'];
    expect(sameIds(before, ['a', 'b'])).toBe(before);
    expect(sameIds(before, ['b', 'a'])).toEqual(['b', 'a']);
    expect(sameIds(before, ['a'])).toEqual(['a']);
  });
});

describe('unread messages', () => {
  const now = Date.parse('2026-06-01T00:00:00.000Z');

  it('count in chats that are not muted or archived', () => {
    const chats = [
      buildChat('a', { unreadCount: 3 }),
      buildChat('b', { unreadCount: 5, mutedUntil: '2026-06-02T00:00:00.000Z' }),
      buildChat('c', { unreadCount: 7, mutedUntil: '2026-05-02T00:00:00.000Z' }),
      buildChat('d', { unreadCount: 9, isArchived: true }),
    ];
    expect(unreadIn(chats, now)).toBe(10);
    expect(chats.map((chat) => isQuiet(chat, now))).toEqual([false, true, false, true]);
  });
});

describe('searching chats', () => {
  const titles = new Map([
    ['1', 'Book club'],
    ['2', 'Jürgen Möller'],
    ['3', 'The bookshop'],
  ]);

  it('finds words by their beginning, in any case', () => {
    expect(matching(titles, 'BOOK')).toEqual(['1', '3']);
    expect(matching(titles, ' mö')).toEqual(['2']);
    expect(matching(titles, 'ook')).toEqual([]);
  });
});
