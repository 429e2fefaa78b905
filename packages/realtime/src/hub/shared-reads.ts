import type { TopicLog } from '../types.ts';

type Page = Awaited<ReturnType<TopicLog['read']>>;

interface Options {
  /** How long a page that was read serves those who ask for the same. */
  keepMs?: number;
  /** Most events that are kept meanwhile. */
  mostEvents?: number;
}

/**
 * Pages of the log, read once for all who ask for the same place at about the same time: after an instance was lost everyone
 * comes back at once, and most of a chat's people missed the same. A page is at most `keepMs` old, so it tells no more than those
 * were told who were connected then; what followed it comes with the next page, or live.
 */
export function createSharedReads(log: Pick<TopicLog, 'read'>, { keepMs = 250, mostEvents = 20_000 }: Options = {}) {
  const pages = new Map<string, Promise<Page>>();
  let kept = 0;
  let isTimed = false;

  /** All at once: nothing is kept longer, and no page needs a timer of its own. */
  function forgetLater(): void {
    if (isTimed) return;
    isTimed = true;
    setTimeout(forget, keepMs).unref();
  }

  function forget(): void {
    isTimed = false;
    pages.clear();
    kept = 0;
  }

  async function read(key: string, topic: string, after: number, limit: number): Promise<Page> {
    try {
      const page = await log.read(topic, after, limit);
      // The end of the log, or what it no longer has: tomorrow's answer may be another.
      if (page.gone || page.scannedTo <= after) pages.delete(key);
      else kept += page.events.length;
      if (kept > mostEvents) forget();
      return page;
    } catch (error) {
      pages.delete(key);
      throw error;
    }
  }

  return (epoch: string, topic: string, after: number, limit: number): Promise<Page> => {
    const key = `${epoch} ${topic} ${after} ${limit}`;
    const known = pages.get(key);
    if (known !== undefined) return known;
    const reading = read(key, topic, after, limit);
    pages.set(key, reading);
    forgetLater();
    return reading;
  };
}
