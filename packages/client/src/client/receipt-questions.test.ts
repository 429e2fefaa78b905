import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { networkError } from '../http/api-error.ts';
import { buildMessage, buildState } from '../testing/build.ts';
import { createReceiptQuestions } from './receipt-questions.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function build() {
  const state = buildState();
  state.receipts.set('c1', new Map());
  const loads: string[] = [];
  const errors: unknown[] = [];
  const network = { isOnline: true, fails: false };
  const load = async (chatId: string): Promise<void> => {
    loads.push(chatId);
    if (network.fails) throw networkError();
  };
  const questions = createReceiptQuestions(
    state,
    load,
    () => network.isOnline,
    (error) => errors.push(error),
  );
  return { state, loads, errors, network, questions };
}

describe('how far somebody has read who writes for the first time', () => {
  it('is asked soon, and not at each message', async () => {
    const { loads, questions } = build();
    for (let sequence = 6; sequence < 30; sequence += 1) {
      questions.about(buildMessage(sequence));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(loads).toEqual(['c1']);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(loads).toEqual(['c1', 'c1']);
    expect(questions.isOpen('c1')).toBe(false);
  });

  it('is asked of no chat that was not opened, and of nobody who is known', async () => {
    const { state, loads, questions } = build();
    state.receipts.get('c1')!.set('bob', { userId: 'bob', sequence: 1, readAt: '' });
    questions.about(buildMessage(6));
    questions.ofMember('c1', 'bob');
    state.receipts.clear();
    questions.about(buildMessage(7, { senderId: 'eve' }));
    questions.ofMember('c1', 'eve');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(loads).toEqual([]);
  });

  it('stays a question until there is an answer', async () => {
    const { loads, questions, network } = build();
    network.isOnline = false;
    questions.again('c1');
    await vi.advanceTimersByTimeAsync(20_000);
    expect([loads.length, questions.isOpen('c1')]).toEqual([0, true]);
    Object.assign(network, { isOnline: true, fails: true });
    await vi.advanceTimersByTimeAsync(6_000);
    expect([loads.length > 0, questions.isOpen('c1')]).toEqual([true, true]);
    network.fails = false;
    await vi.advanceTimersByTimeAsync(6_000);
    expect(questions.isOpen('c1')).toBe(false);
  });
});
