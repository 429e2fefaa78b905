import type { HubEvent, Position } from '../types.ts';
import { type Core, positionOf, type Topic } from './core.ts';
import type { Repair } from './repair.ts';
import { createSharedReads } from './shared-reads.ts';

const PAGE = 200;

/** Takes a page of missed events; the next page is read when the promise resolves. */
export type DeliverPage = (events: readonly HubEvent[]) => void | Promise<void>;
export type Attach = (position: Position) => void;
export type CatchUpOutcome = 'caught_up' | 'resync';

/**
 * Replays a topic after `since`, then calls `attach` in the very turn in which the replay has reached what this
 * instance delivered live. So there is neither a gap nor a double between the two. `attach` is called in any case
 * but two: when a read fails, the promise rejects; when it is no longer wanted, the replay just ends.
 */
export function createCatchUp(core: Core, repair: Repair, ensure: (names: readonly string[]) => Promise<void>) {
  const read = createSharedReads(core.log);

  return async function catchUp(
    name: string,
    since: Position,
    deliver: DeliverPage,
    attach: Attach,
    isWanted: () => boolean = always,
  ): Promise<CatchUpOutcome> {
    await ensure([name]);
    await reach(name, since);
    let after = since.offset;
    for (;;) {
      await ensure([name]);
      const topic = core.topics.get(name)!;
      const outcome = outcomeAt(topic, since.epoch, after);
      const page = outcome === undefined ? await readPage(topic, after) : undefined;
      if (page === undefined) {
        attach(positionOf(topic));
        return outcome ?? 'resync';
      }
      after = page.upTo;
      if (!isWanted()) return 'resync';
      if (page.events.length > 0) await deliver(page.events);
    }
  };

  /** Undefined when the log says that what is asked for is no longer there. */
  async function readPage(topic: Topic, after: number) {
    const { epoch } = topic;
    const page = await read(epoch, topic.name, after, PAGE);
    if (page.gone || page.scannedTo <= after || topic.epoch !== epoch) return undefined;
    // The log may be ahead of this hub. What is beyond the delivered offset comes live, or with the next page.
    const upTo = Math.min(page.scannedTo, topic.offset);
    return { upTo, events: page.events.filter((event) => (event.offset as number) <= upTo) };
  }

  /** A client may have been told more by another instance than this one has seen. */
  async function reach(name: string, since: Position): Promise<void> {
    const topic = core.topics.get(name);
    if (topic?.hot && topic.epoch === since.epoch && since.offset > topic.offset) await repair.pull(topic);
  }
}

function outcomeAt(topic: Topic, epoch: string, after: number): CatchUpOutcome | undefined {
  if (topic.epoch !== epoch || after > topic.offset) return 'resync';
  return after === topic.offset ? 'caught_up' : undefined;
}

function always(): boolean {
  return true;
}
