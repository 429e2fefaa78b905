import type { ChatState } from '@parley/client';
import { describe, expect, it } from 'vitest';
import { listOf, neighbourOf } from './list-of.ts';

const buildChat = (id: string, isArchived = false): ChatState =>
  ({ id, isArchived, isPinned: false, createdAt: `2026-01-01T00:00:00.00${id}Z` }) as ChatState;

describe('the folders', () => {
  const chats = [buildChat('1'), buildChat('2', true), buildChat('3')];

  it('have each chat once', () => {
    expect(listOf(chats, 'main')).toEqual(['3', '1']);
    expect(listOf(chats, 'archive')).toEqual(['2']);
  });
});

describe('the next chat', () => {
  const ids = ['a', 'b', 'c'];

  it.each([
    ['a', 1, 'b'],
    ['a', -1, undefined],
    ['c', 1, undefined],
    ['c', -1, 'b'],
    [undefined, 1, 'a'],
    [undefined, -1, 'c'],
    ['not here', 1, 'a'],
  ] as const)('from %s by %i is %s', (from, step, to) => {
    expect(neighbourOf(ids, from, step)).toBe(to);
  });
});
