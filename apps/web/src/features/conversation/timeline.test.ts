import type { OutboxItem } from '@parley/client';
import type { Message } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { type Entry, timelineOf } from './timeline.ts';

const noon = new Date(2026, 4, 20, 12).getTime();
const minute = 60_000;

let sequence = 0;
function buildMessage(senderId: string, minutes: number, rest: Partial<Message> = {}): Message {
  sequence += 1;
  return {
    id: `m${sequence}`,
    chatId: 'chat',
    senderId,
    content: 'hello',
    messageType: 'text',
    status: 'sent',
    sequence,
    sentAt: new Date(noon + minutes * minute).toISOString(),
    ...rest,
  };
}
const buildItem = (minutes: number): OutboxItem => ({
  clientMessageId: 'key',
  chatId: 'chat',
  content: 'soon',
  state: 'queued',
  queuedAt: new Date(noon + minutes * minute).toISOString(),
});

const show = (messages: Message[], rest: { pending?: OutboxItem[]; unreadAfter?: number } = {}) =>
  timelineOf({ messages, pending: rest.pending ?? [], myParticipantId: 'me', unreadAfter: rest.unreadAfter });
const entriesOf = (...given: Parameters<typeof show>): Entry[] => show(...given).flatMap(({ entries }) => entries);
const shape = (entry: Entry): string =>
  'isFirst' in entry ? `${entry.isFirst ? '[' : ''}${entry.isLast ? ']' : ''}` : entry.kind;

describe('groups', () => {
  it('hold what one person wrote within five minutes of each other', () => {
    const messages = [
      buildMessage('bob', 0),
      buildMessage('bob', 5),
      buildMessage('bob', 10),
      buildMessage('bob', 15.1),
      buildMessage('me', 15.2),
    ];
    expect(entriesOf(messages).map(shape)).toEqual(['[', '', ']', '[]', '[]']);
  });

  it('end at a service message', () => {
    const service = { action: 'member_joined', actorId: 'carol' } as const;
    const messages = [
      buildMessage('bob', 0),
      buildMessage('carol', 0, { messageType: 'system', service }),
      buildMessage('bob', 1),
    ];
    expect(entriesOf(messages).map(shape)).toEqual(['[]', 'service', '[]']);
  });

  it('take in what is on its way', () => {
    expect(entriesOf([buildMessage('me', 0)], { pending: [buildItem(1)] }).map(shape)).toEqual(['[', ']']);
    expect(entriesOf([buildMessage('bob', 0)], { pending: [buildItem(1)] }).map(shape)).toEqual(['[]', '[]']);
  });

  it('do not reach over midnight', () => {
    const messages = [buildMessage('bob', 12 * 60 - 1), buildMessage('bob', 12 * 60 + 1)];
    expect(entriesOf(messages).map(shape)).toEqual(['[]', '[]']);
    expect(show(messages).map(({ entries }) => entries.length)).toEqual([1, 1]);
  });
});

describe('days', () => {
  it('are not opened again by a clock that runs behind', () => {
    const messages = [buildMessage('bob', 0), buildMessage('carol', -24 * 60), buildMessage('bob', 1)];
    expect(show(messages)).toHaveLength(1);
  });
});

describe('what is shown', () => {
  it('leaves deleted messages out, and joins what was around them', () => {
    const messages = [
      buildMessage('bob', 0),
      buildMessage('carol', 1, { content: '', deletedAt: new Date(noon).toISOString() }),
      buildMessage('bob', 2),
    ];
    expect(entriesOf(messages).map(shape)).toEqual(['[', ']']);
  });

  it('keeps the key of a message that was on its way', () => {
    const [waiting] = entriesOf([], { pending: [buildItem(0)] });
    const [stored] = entriesOf([buildMessage('me', 0, { clientMessageId: 'key' })]);
    expect(stored?.key).toBe(waiting?.key);
  });

  it('has one line before the first unread message of others', () => {
    const messages = [buildMessage('bob', 0), buildMessage('me', 1), buildMessage('bob', 2), buildMessage('bob', 3)];
    const read = messages[0]!.sequence;
    expect(entriesOf(messages, { unreadAfter: read }).map(({ kind }) => kind)).toEqual([
      'message',
      'message',
      'unread',
      'message',
      'message',
    ]);
    expect(entriesOf(messages, { unreadAfter: sequence }).map(({ kind }) => kind)).not.toContain('unread');
  });
});
