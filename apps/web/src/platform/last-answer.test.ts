import { expect, it } from 'vitest';
import { effectScope } from 'vue';
import { useLastAnswer } from './last-answer.ts';

const build = () => {
  const scope = effectScope();
  const ask = scope.run(useLastAnswer)!;
  const taken: string[] = [];
  const answers: ((words: string) => void)[] = [];
  const put = (): Promise<void> =>
    ask(
      () => new Promise<string>((resolve) => answers.push(resolve)),
      (words) => taken.push(words),
    );
  return { scope, taken, answers, put };
};

it('an earlier answer that comes later is dropped', async () => {
  const { taken, answers, put } = build();
  const both = [put(), put()];
  answers[1]?.('later');
  answers[0]?.('earlier');
  await Promise.all(both);
  expect(taken).toEqual(['later']);
});

it('an answer that comes when nobody is there any more is dropped', async () => {
  const { scope, taken, answers, put } = build();
  const asking = put();
  scope.stop();
  answers[0]?.('late');
  await asking;
  expect(taken).toEqual([]);
});
