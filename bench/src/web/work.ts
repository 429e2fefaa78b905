import type { Page } from 'playwright-core';

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Work of the thread, in µs. */
  tdur?: number;
  args?: { name?: string };
}

/** ms of work on the main thread: of all tasks, and of the biggest. A busy machine stretches time, not work. */
export interface Work {
  all: number;
  most: number;
}

export async function workOf(page: Page, act: () => Promise<unknown>): Promise<Work> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('the page has no browser of its own');
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  return busiest(traceEvents);
}

/** Of the page that did the most: the others are in the background. */
function busiest(events: readonly TraceEvent[]): Work {
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const works = new Map<string, Work>();
  for (const event of events)
    if (event.name === 'thread_name' && event.args?.name === 'CrRendererMain')
      works.set(threadOf(event), { all: 0, most: 0 });
  for (const event of events) {
    const work = event.name.endsWith('RunTask') ? works.get(threadOf(event)) : undefined;
    if (work === undefined) continue;
    const ms = (event.tdur ?? 0) / 1000;
    work.all += ms;
    work.most = Math.max(work.most, ms);
  }
  return [...works.values()].reduce((a, b) => (a.all > b.all ? a : b), { all: 0, most: 0 });
}
