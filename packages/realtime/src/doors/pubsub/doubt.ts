import type { Told } from './event-frames.ts';

/** More that waits for one answer than this is not bounded by anything: the client comes back and resumes. */
const MAX_WAITING = 1000;
const MAX_READS = 20;

/** Whether somebody may still hear a topic is being asked: what is told there waits for the answer. */
export class Doubt {
  readonly #waiting: Told[] = [];
  #isStale = false;

  /** False when too much waits. */
  hold(told: Told): boolean {
    return this.#waiting.push(told) <= MAX_WAITING;
  }

  /** Something changed again: an answer that is on its way counts for nothing. */
  renew(): void {
    this.#isStale = true;
  }

  /** The answer, as of a moment after the last change. */
  async settle(ask: () => Promise<boolean>): Promise<boolean> {
    for (let reads = 0; reads < MAX_READS; reads += 1) {
      this.#isStale = false;
      const answer = await ask();
      if (!this.#isStale) return answer;
    }
    throw new Error('rights changed faster than they could be read');
  }

  release(): readonly Told[] {
    return this.#waiting;
  }
}
