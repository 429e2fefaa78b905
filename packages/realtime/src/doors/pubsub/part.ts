import { Doubt } from './doubt.ts';
import type { Told } from './event-frames.ts';

const MAX_READS = 20;

interface Questions {
  /** All hub topics of the part. */
  load(): Promise<readonly string[]>;
  isInside(topic: string): Promise<boolean>;
  tell(told: Told): void;
  onFailure(error: unknown): void;
}

/** The part of a user's hub topics in which a view is heard, kept as memberships and rights change. */
export class Part {
  readonly #questions: Questions;
  readonly #doubts = new Map<string, Doubt>();
  #topics: Set<string> | undefined = undefined;
  #isStale = false;
  #loading: Promise<void> | undefined = undefined;

  constructor(questions: Questions) {
    this.#questions = questions;
  }

  /** Resolves when it is known; what is told before is not heard. */
  ready(): Promise<void> {
    this.#loading ??= this.#load().catch((error) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    for (let reads = 0; reads < MAX_READS; reads += 1) {
      this.#isStale = false;
      const topics = await this.#questions.load();
      if (this.#isStale) continue;
      this.#topics = new Set(topics);
      return;
    }
    throw new Error('rights changed faster than they could be read');
  }

  hear(told: Told): void {
    const { topic } = told.event;
    const doubt = this.#doubts.get(topic);
    if (doubt === undefined) {
      if (this.#topics?.has(topic) === true) this.#questions.tell(told);
    } else if (!doubt.hold(told)) {
      this.#questions.onFailure(new Error('too much waits for an answer about rights'));
    }
  }

  /** The user may have come into the part with this topic, or out of it. */
  ask(topic: string): void {
    if (this.#topics === undefined) {
      this.#isStale = true;
      return;
    }
    const asked = this.#doubts.get(topic);
    if (asked !== undefined) {
      asked.renew();
      return;
    }
    const doubt = new Doubt();
    this.#doubts.set(topic, doubt);
    doubt
      .settle(() => this.#questions.isInside(topic))
      .then((isInside) => this.#answer(topic, doubt, isInside), this.#questions.onFailure);
  }

  #answer(topic: string, doubt: Doubt, isInside: boolean): void {
    // Removed meanwhile.
    if (this.#doubts.get(topic) !== doubt) return;
    this.#doubts.delete(topic);
    if (!isInside) {
      this.#topics?.delete(topic);
      return;
    }
    this.#topics?.add(topic);
    for (const told of doubt.release()) this.#questions.tell(told);
  }

  remove(topic: string): void {
    this.#isStale = true;
    this.#topics?.delete(topic);
    this.#doubts.delete(topic);
  }
}
