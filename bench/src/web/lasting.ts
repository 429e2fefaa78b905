import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { type Person, request } from '../people.ts';
import { printTable, show } from '../report.ts';
import { ask, openContext } from './browser.ts';
import type { Place } from './loading.ts';

const wantedEvents = Number(process.env.WEB_EVENTS ?? 50_000);
const wantedSwitches = Number(process.env.WEB_SWITCHES ?? 2_000);
/** Half of it for each. What was not done by then is left out, and said. */
const mostMs = Number(process.env.WEB_SECONDS ?? 150) * 1_000;
const writersAtOnce = 32;
const restMs = 5_000;

/** In MB. */
interface Memory {
  heap: number;
  /** What the process has for itself: its own memory, without the files of the browser that are mapped into it. */
  own: number;
  resident: number;
}

/** Messages come into all chats, then one chat after the other is opened. */
export async function benchLasting(
  place: Place,
  port: number,
  writer: Person,
  chatIds: readonly string[],
): Promise<void> {
  const context = await openContext(place.browser, place.url, place.session);
  const page = await context.newPage();
  await page.goto('/app');
  await page.locator('a[href^="/app/c/"]').first().waitFor();
  const before = await memoryOf(place.browser, page);
  const events = await write(port, writer, chatIds, Date.now() + mostMs / 2);
  const switches = await switchChats(page, [...chatIds, place.longChatId], Date.now() + mostMs / 2);
  await page.waitForTimeout(2_000);
  const after = await memoryOf(place.browser, page);
  await context.close();
  printTable(
    `Web app: memory after ${show(events)} events and ${show(switches)} switches of ${chatIds.length + 1} chats (wanted: ${show(wantedEvents)} and ${show(wantedSwitches)})`,
    ['', 'at the start, MB', 'in the end, MB', 'bar'],
    [
      ['heap, after a collection', before.heap, after.heap, ''],
      ['own memory of the renderer', before.own, after.own, '<= 250'],
      ['resident: with the browser’s files', before.resident, after.resident, ''],
    ],
  );
}

/** Each chat is written to by one lane, as one person does. */
async function write(port: number, { token }: Person, chatIds: readonly string[], deadline: number): Promise<number> {
  let events = 0;
  const lane = async (number: number): Promise<void> => {
    const own = chatIds.filter((_, index) => index % writersAtOnce === number);
    for (let turn = 0; own.length > 0 && events < wantedEvents && Date.now() < deadline; turn += 1) {
      events += 1;
      await request(port, 'POST', `/chats/${own[turn % own.length]}/messages`, token, { content: `Event ${events}` });
    }
  };
  await Promise.all(Array.from({ length: writersAtOnce }, (_, number) => lane(number)));
  return events;
}

async function switchChats(page: Page, chatIds: readonly string[], deadline: number): Promise<number> {
  let switches = 0;
  while (switches < wantedSwitches && Date.now() < deadline) {
    await ask(page, `bench.switchTo('${chatIds[(switches * 7) % chatIds.length]}')`);
    switches += 1;
  }
  return switches;
}

/** Garbage is collected first, and the browser has a moment to give back what that freed. */
async function memoryOf(browser: Browser, page: Page): Promise<Memory> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await page.waitForTimeout(restMs);
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  await session.detach();
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
  const system = await browser.newBrowserCDPSession();
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  await system.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  const sizes = await Promise.all(renderers.map(({ id }) => sizesOf(id)));
  const biggest = sizes.reduce((one, other) => (other.resident > one.resident ? other : one));
  return { heap: heap / 2 ** 20, ...biggest };
}

/** proc(5): VmRSS is the sum of RssAnon, RssFile and RssShmem. */
async function sizesOf(pid: number): Promise<Omit<Memory, 'heap'>> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const field = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024;
  return { own: field('RssAnon') + field('RssShmem'), resident: field('VmRSS') };
}
