import type { Participant } from '@parley/contract';

const freshMs = 60_000;

export type Answers = ReturnType<typeof createAnswers>;

/**
 * What was found by the starts of names, `most` at a time. A longer start need not be asked for where a shorter one brought all,
 * and nothing twice within a minute.
 */
export function createAnswers(most: number, now: () => number = Date.now) {
  const answers = new Map<string, { people: readonly Participant[]; at: number }>();
  const fresh = (start: string): readonly Participant[] | undefined => {
    const answer = answers.get(start);
    return answer !== undefined && now() - answer.at < freshMs ? answer.people : undefined;
  };

  return {
    put: (text: string, people: readonly Participant[]) => void answers.set(text, { people, at: now() }),
    isEnough: (text: string): boolean =>
      fresh(text) !== undefined || startsOf(text).some((start) => (fresh(start)?.length ?? most) < most),
    /** All who were found by the text and by its starts: among them are others, too. */
    of: (text: string): Participant[] => startsOf(text).flatMap((start) => fresh(start) ?? []),
  };
}

const startsOf = (text: string): string[] => Array.from(text, (_, index) => text.slice(0, index + 1));
