import type { Message } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { openingOf, rowOfSequence } from './opening.ts';
import { type Row, rowsOf } from './rows.ts';
import { timelineOf } from './timeline.ts';

const buildMessage = (sequence: number, rest: Partial<Message> = {}): Message => ({
  id: `m${sequence}`,
  chatId: 'chat',
  senderId: 'bob',
  content: 'hello',
  messageType: 'text',
  status: 'sent',
  sequence,
  sentAt: new Date(2026, 4, 20, 12, sequence % 60).toISOString(),
  ...rest,
});

const page = (from: number, to: number, rest: { hasNewer?: boolean; deleted?: number; unreadAfter?: number } = {}) => {
  const items = Array.from({ length: to - from + 1 }, (_, index) =>
    buildMessage(from + index, from + index === rest.deleted ? { deletedAt: '2026-05-20T12:00:00.000Z' } : {}),
  );
  const days = timelineOf({ messages: items, pending: [], myParticipantId: 'me', unreadAfter: rest.unreadAfter });
  const rows: Row[] = rowsOf(days);
  return { rows, window: { items, hasOlder: true, hasNewer: rest.hasNewer ?? false } };
};

describe('a conversation opens', () => {
  it('at the end, when all of it was read', () => {
    const { rows, window } = page(51, 100);
    expect(openingOf(rows, window, undefined, true)).toEqual({ kind: 'end' });
  });

  it('at the line before the first unread message', () => {
    const { rows, window } = page(51, 100, { unreadAfter: 80, hasNewer: true });
    expect(openingOf(rows, window, undefined, false)).toEqual({ kind: 'row', key: 'unread', place: 'start' });
  });

  it('at the message that is asked for, also while the rest is still being loaded', () => {
    const { rows, window } = page(1, 50, { unreadAfter: 20 });
    expect(openingOf(rows, window, 7, false)).toEqual({ kind: 'row', key: 'm7', place: 'center' });
  });

  it('nowhere yet, when what is there is not what is wanted', () => {
    const { rows, window } = page(51, 100, { hasNewer: true });
    expect(openingOf(rows, undefined, undefined, false)).toBeUndefined();
    expect(openingOf(rows, window, 7, false)).toBeUndefined();
    expect(openingOf(rows, window, undefined, false)).toBeUndefined();
  });
});

describe('the row of a message', () => {
  it('is the next one where it was deleted', () => {
    const { rows } = page(1, 5, { deleted: 3 });
    expect(rowOfSequence(rows, 3)?.key).toBe('m4');
    expect(rowOfSequence(rows, 9)?.key).toBe('m5');
    expect(rowOfSequence([], 3)).toBeUndefined();
  });
});
