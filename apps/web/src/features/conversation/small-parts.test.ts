import type { Message } from '@parley/contract';
import { maxContentLength } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { copyText } from './copy-text.ts';
import { quoteOf } from './quote-of.ts';
import { createHeights, guessHeight } from './row-heights.ts';
import type { Row } from './rows.ts';
import { intentOf, pulled, replyAt } from './swipe.ts';
import { leftOf, maxLength } from './text-length.ts';
import { useSelection } from './use-selection.ts';

const buildMessage = (sequence: number, rest: Partial<Message> = {}): Message => ({
  id: `m${sequence}`,
  chatId: 'chat',
  senderId: 'bob',
  content: `text ${sequence}`,
  messageType: 'text',
  status: 'sent',
  sequence,
  sentAt: '2026-05-20T12:00:00.000Z',
  ...rest,
});
const rowOf = (message: Message): Row => ({
  key: message.id,
  day: 0,
  entry: { kind: 'message', key: message.id, at: 0, message, isOwn: false, isFirst: false, isLast: false },
});

describe('the counter', () => {
  it('knows the bound of the server', () => expect(maxLength).toBe(maxContentLength));

  it('shows near the end, counting an emoji once and no space around', () => {
    expect(leftOf('x'.repeat(7_000))).toBeUndefined();
    expect(leftOf('x'.repeat(7_900))).toBe(100);
    expect(leftOf(`${'😀'.repeat(8_000)}  \n`)).toBe(0);
    expect(leftOf('x'.repeat(8_001))).toBe(-1);
    expect(leftOf('😀'.repeat(4_000))).toBeUndefined();
  });
});

describe('a finger', () => {
  it('scrolls or pulls, and means nothing as long as it rests', () => {
    expect(intentOf({ x: -3, y: 4 })).toBe('none');
    expect(intentOf({ x: -30, y: 4 })).toBe('pull');
    expect(intentOf({ x: -30, y: 30 })).toBe('scroll');
    expect(intentOf({ x: 40, y: 2 })).toBe('scroll');
  });

  it('pulls against a growing force, and never to the wrong side', () => {
    expect(pulled(50)).toBeCloseTo(0);
    expect(-pulled(-60)).toBeLessThan(replyAt);
    expect(-pulled(-150)).toBeGreaterThan(replyAt);
    expect(-pulled(-5_000)).toBeLessThanOrEqual(72);
  });
});

describe('copied text', () => {
  it('is the message itself, or says who said what', () => {
    const messages = [buildMessage(1), buildMessage(2), buildMessage(3, { senderId: 'eve' })];
    expect(copyText(messages.slice(0, 1), () => 'Bob')).toBe('text 1');
    expect(copyText(messages, ({ senderId }) => senderId)).toBe('bob:\ntext 1\ntext 2\n\neve:\ntext 3');
    expect(copyText([], () => '')).toBe('');
  });
});

describe('a quote', () => {
  it('says where it came from, if that was told', () => {
    const replyTo = { messageId: 'm1', senderId: 'eve', excerpt: 'hi', messageType: 'text' } as const;
    expect(quoteOf(buildMessage(2, { replyTo }), undefined)).toMatchObject({
      id: 'm1',
      text: 'hi',
      sequence: undefined,
    });
    const placed = buildMessage(2, { replyTo: { ...replyTo, sequence: 1 } });
    expect(quoteOf(placed, undefined)?.sequence).toBe(1);
    expect(quoteOf(undefined, buildMessage(7))).toMatchObject({ id: 'm7', sequence: 7 });
    expect(quoteOf(buildMessage(1), undefined)).toBeUndefined();
  });
});

describe('heights', () => {
  it('are guessed until they are known, and forgotten with their rows', () => {
    const heights = createHeights(() => 700);
    const row = rowOf(buildMessage(1));
    expect(heights.of(row)).toBe(guessHeight(row, 700));
    expect(heights.learn('m1', 99)).toBe(true);
    expect(heights.learn('m1', 99)).toBe(false);
    expect(heights.of(row)).toBe(99);
    heights.keep(new Set(['m2']));
    expect(heights.of(row)).toBe(guessHeight(row, 700));
  });

  it('grow with the text and with narrowness', () => {
    const [short, long] = [rowOf(buildMessage(1)), rowOf(buildMessage(2, { content: 'word '.repeat(200) }))];
    expect(guessHeight(long, 700)).toBeGreaterThan(guessHeight(short, 700));
    expect(guessHeight(long, 320)).toBeGreaterThan(guessHeight(long, 700));
  });
});

describe('a selection', () => {
  it('takes and gives back, in the order of the conversation', () => {
    const selection = useSelection();
    for (const sequence of [3, 1, 2, 1]) selection.toggle(buildMessage(sequence));
    expect(selection.messages.value.map(({ id }) => id)).toEqual(['m2', 'm3']);
    selection.drop(['m3', 'm9']);
    expect([selection.has('m2'), selection.has('m3'), selection.isActive.value]).toEqual([true, false, true]);
    selection.clear();
    expect(selection.isActive.value).toBe(false);
  });
});
