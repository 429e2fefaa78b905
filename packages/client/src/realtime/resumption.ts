import type { Position } from '@parley/contract';
import type { ClientEvent } from '../store/store.ts';
import type { Frame } from './wire.ts';

const topicsPerFrame = 200;
const patienceMs = 30_000;
/** A topic that cannot be resumed right after it was loaded anew is tried again on another connection. */
const reloadsPerTopic = 3;

export interface ResumptionOptions {
  send(frame: object): void;
  positions(): ReadonlyMap<string, Position>;
  /** The events of a topic come by offset. May call `resume`, which then holds back what is still to be delivered. */
  deliver(event: ClientEvent): void;
  /** Loads these topics anew; their positions afterwards are where to resume. */
  reload(topics: readonly string[]): Promise<void>;
  /** All that was missed is delivered; told once. */
  onCaughtUp(): void;
  /** It does not work on this connection: no answer, or what a reload threw. */
  onFailed(error?: unknown): void;
}

/** Fetches what a connection missed. One for each connection. */
export interface Resumption {
  /** Asks for what came after these topics' positions, and holds their events back meanwhile. */
  resume(topics: Iterable<string>): void;
  /** A `resumed` or `resync` frame. */
  take(frame: Frame): void;
  /** Loads these topics anew, and resumes them from there; their events are held back meanwhile. */
  resync(topics: readonly string[]): void;
  /** An event that came, live or replayed. */
  offer(event: ClientEvent): void;
  end(): void;
}

/**
 * Live events flow from the moment of sign-in, while the replay of `resume` repeats everything after the given position in
 * order. On the wire the two look alike, so all logged events of a topic are held back until `resumed` names it, and are then
 * delivered by offset. Until everything is caught up, topics that are not known are held back as well: what adds them may
 * still be in the replay.
 */
export function createResumption(options: ResumptionOptions): Resumption {
  const held = new Map<string, ClientEvent[]>();
  /** Topics whose events flow; all of them once everything is caught up. */
  const flowing = new Set<string>();
  const waiting = new Set<string>();
  const asked = new Set<string>();
  const reloading = new Set<string>();
  const reloads = new Map<string, number>();
  let isCaughtUp = false;
  let hasEnded = false;
  let patience: ReturnType<typeof setTimeout> | undefined;

  const pass = (event: ClientEvent): void => {
    const queue = event.position === undefined ? undefined : held.get(event.topic ?? '');
    if (queue === undefined) options.deliver(event);
    else queue.push(event);
  };

  const release = (topics: Iterable<string>): void => {
    const events: ClientEvent[] = [];
    for (const topic of personalFirst(topics)) {
      events.push(...(held.get(topic) ?? []).sort(byOffset));
      held.delete(topic);
      flowing.add(topic);
    }
    for (const event of events) pass(event);
  };

  const finishIfDone = (): void => {
    if (isCaughtUp || waiting.size + asked.size + reloading.size > 0) return;
    isCaughtUp = true;
    release([...held.keys()]);
    options.onCaughtUp();
  };

  /** Moves the next topics from `waiting` to `asked`. Those without a position are gone: there is nothing to ask. */
  const nextPositions = (): Record<string, Position> => {
    const known = options.positions();
    const unknown = [...waiting].filter((topic) => !known.has(topic));
    for (const topic of unknown) waiting.delete(topic);
    release(unknown);
    const positions: Record<string, Position> = {};
    for (const topic of [...waiting].slice(0, topicsPerFrame)) {
      positions[topic] = known.get(topic)!;
      waiting.delete(topic);
      asked.add(topic);
    }
    return positions;
  };

  /** One frame at a time, so that a server with much to replay is not asked for all of it at once. */
  const ask = (): void => {
    if (hasEnded || asked.size > 0) return;
    const positions = nextPositions();
    if (asked.size > 0) options.send({ type: 'resume', positions });
    waitOn();
    if (asked.size === 0) finishIfDone();
  };

  /** As long as something comes, the answer may take its time. */
  const waitOn = (): void => {
    clearTimeout(patience);
    if (asked.size > 0) patience = setTimeout(() => options.onFailed(), patienceMs);
  };

  const resume = (topics: Iterable<string>): void => {
    for (const topic of topics) {
      if (!held.has(topic)) held.set(topic, []);
      waiting.add(topic);
    }
    ask();
  };

  const reload = async (topics: readonly string[]): Promise<void> => {
    for (const topic of topics) {
      reloading.add(topic);
      reloads.set(topic, (reloads.get(topic) ?? 0) + 1);
    }
    try {
      if (topics.some((topic) => reloads.get(topic)! > reloadsPerTopic)) throw new Error('resync without end');
      await options.reload(topics);
      const there = loaded(topics);
      if (!hasEnded) resume(there);
    } catch (error) {
      // The positions are as they were: the next connection is told to reload again.
      if (!hasEnded) options.onFailed(error);
    }
  };

  /** Those that are still there. What was held back of the others is nobody's business. */
  const loaded = (topics: readonly string[]): string[] => {
    const known = options.positions();
    for (const topic of topics) {
      reloading.delete(topic);
      if (known.has(topic)) continue;
      held.delete(topic);
      reloads.delete(topic);
    }
    return topics.filter((topic) => known.has(topic));
  };

  const resync = (topics: readonly string[]): void => {
    for (const topic of topics) if (!held.has(topic)) held.set(topic, []);
    void reload(topics);
  };

  const resumed = (topics: readonly string[]): void => {
    for (const topic of topics) reloads.delete(topic);
    release(topics.filter((topic) => !waiting.has(topic) && !reloading.has(topic)));
  };

  const take = ({ type, topics }: Frame): void => {
    const named = Array.isArray(topics) ? (topics as string[]) : [];
    for (const topic of named) asked.delete(topic);
    if (type === 'resync') resync(named);
    else resumed(named);
    ask();
  };

  const offer = (event: ClientEvent): void => {
    const { topic, position } = event;
    const isStranger = topic !== undefined && !held.has(topic) && !flowing.has(topic);
    if (isStranger && position !== undefined && !isCaughtUp) held.set(topic, [event]);
    else pass(event);
    waitOn();
  };

  const end = (): void => {
    hasEnded = true;
    clearTimeout(patience);
  };

  return { resume, take, resync, offer, end };
}

const byOffset = (a: ClientEvent, b: ClientEvent): number => (a.position?.offset ?? 0) - (b.position?.offset ?? 0);

/** A person's own topic adds the chats that others speak of. */
const personalFirst = (topics: Iterable<string>): string[] =>
  [...topics].sort((a, b) => Number(b.startsWith('user:')) - Number(a.startsWith('user:')));
