import type { Page } from 'playwright-core';

/** Says in a trace which thread is the page's: the browser draws parts of itself in pages, too. */
const mark = 'bench';

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Work of the thread, in µs. */
  tdur?: number;
}

/** ms of work on the main thread: of all tasks, and of the biggest. A busy machine stretches time, not work. */
export interface Work {
  all: number;
  most: number;
}

export async function workOf(page: Page, act: () => Promise<unknown>): Promise<Work> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('the page has no browser of its own');
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
  await act();
  await page.evaluate(`void performance.mark('${mark}')`);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  return workOnMain(traceEvents);
}

function workOnMain(events: readonly TraceEvent[]): Work {
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const marked = events.findLast(({ name }) => name === mark);
  if (marked === undefined) throw new Error('the trace does not have the mark');
  const main = threadOf(marked);
  const tasks = events.filter((event) => event.name.endsWith('RunTask') && threadOf(event) === main);
  const ms = tasks.map(({ tdur = 0 }) => tdur / 1000);
  return { all: ms.reduce((sum, one) => sum + one, 0), most: Math.max(0, ...ms) };
}
