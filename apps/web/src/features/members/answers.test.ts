import type { Participant } from '@parley/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Answers, createAnswers } from './answers.ts';

describe('what was found by the starts of names', () => {
  const people = (...ids: string[]) => ids.map((id) => ({ id }) as Participant);
  let answers: Answers;
  let time: number;
  beforeEach(() => {
    time = 0;
    answers = createAnswers(2, () => time);
  });

  it('is enough for a longer start where it was all', () => {
    answers.put('an', people('ann'));
    expect([answers.isEnough('an'), answers.isEnough('anna'), answers.isEnough('a')]).toEqual([true, true, false]);
  });

  it('is not where there may be more', () => {
    answers.put('an', people('ann', 'anton'));
    expect([answers.isEnough('an'), answers.isEnough('anna')]).toEqual([true, false]);
  });

  it('is there for longer starts, for a minute', () => {
    answers.put('a', people('abe'));
    time = 30_000;
    answers.put('an', people('ann'));
    expect(answers.of('ann')).toEqual(people('abe', 'ann'));
    expect(answers.of('b')).toEqual([]);
    time = 60_000;
    expect(answers.of('ann')).toEqual(people('ann'));
    expect(answers.isEnough('a')).toBe(false);
  });
});
