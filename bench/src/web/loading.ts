import { gzipSync } from 'node:zlib';
import type { Browser, Page, Response } from 'playwright-core';
import { printTable } from '../report.ts';
import { median } from '../stats.ts';
import { ask, openContext, type Stored } from './browser.ts';
import { workOf } from './work.ts';

const rounds = 5;
const link = 'a[href^="/app/c/"]';
const parts = ['document', 'script', 'stylesheet', 'image'] as const;

export interface Place {
  browser: Browser;
  url: string;
  session: Stored;
  longChatId: string;
  newest: number;
}

/** What comes over the wire until the list can be used, and how long that and opening a long chat takes. */
export async function benchLoading(place: Place): Promise<void> {
  const { cold, warm, sizes } = await loads(place);
  printSizes(sizes);
  const opens = await opensOf(place);
  printTable(
    `Web app: opening (median of ${rounds}, from the start or the click to the paint)`,
    ['', 'ms', 'slowest', 'bar'],
    [
      ['a usable list, nothing cached', median(cold), Math.max(...cold), ''],
      ['a usable list, again', median(warm), Math.max(...warm), ''],
      ['the long chat, nothing of it loaded', median(opens.first), Math.max(...opens.first), '<= 150'],
      ['of that, the request for the page alone', median(opens.request), Math.max(...opens.request), ''],
      ['of that, work on the main thread', opens.work, opens.work, ''],
      ['the long chat, again', median(opens.again), Math.max(...opens.again), '<= 150'],
    ],
  );
}

async function loads(place: Place) {
  const [cold, warm]: [number[], number[]] = [[], []];
  let sizes = new Map<string, number>();
  for (let round = 0; round < rounds; round += 1) {
    const context = await openContext(place.browser, place.url, place.session);
    const page = await context.newPage();
    const got = watchSizes(page);
    cold.push(await loadList(page));
    sizes = await got();
    await page.waitForTimeout(500);
    warm.push(await loadList(page));
    await context.close();
  }
  return { cold, warm, sizes };
}

async function loadList(page: Page): Promise<number> {
  await page.goto('/app', { waitUntil: 'commit' });
  return ask<number>(page, `bench.firstPaintOf(${JSON.stringify(link)})`);
}

/** Bytes by kind, as gzip makes them, of what was asked for until now. */
function watchSizes(page: Page): () => Promise<Map<string, number>> {
  const answers: Response[] = [];
  page.on('response', (response) => answers.push(response));
  return async () => {
    const sizes = new Map<string, number>(parts.map((part) => [part, 0]));
    for (const response of [...answers]) {
      const part = response.request().resourceType();
      if (!sizes.has(part)) continue;
      const body = await response.body();
      sizes.set(part, sizes.get(part)! + gzipSync(body, { level: 9 }).length);
    }
    return sizes;
  };
}

function printSizes(sizes: Map<string, number>): void {
  const rows = [...sizes].map(([part, bytes]) => [part, bytes / 1024, '']);
  const all = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  printTable(
    'Web app: first load until the list can be used, gzip',
    ['', 'KB', 'bar'],
    [...rows, ['all', all / 1024, '<= 180']],
  );
}

async function opensOf(place: Place) {
  const { browser, url, session, longChatId, newest } = place;
  const times: Record<'first' | 'again' | 'request', number[]> = { first: [], again: [], request: [] };
  const open = `bench.clickTo('a[href="/app/c/${longChatId}"]', '[data-sequence="${newest}"]')`;
  for (let round = 0; round < rounds; round += 1) {
    const context = await openContext(browser, url, session);
    const page = await context.newPage();
    await loadList(page);
    await page.waitForTimeout(1_000);
    times.first.push(await ask<number>(page, open));
    times.request.push(await ask<number>(page, requestTime(longChatId)));
    await page.goBack();
    await page.locator('[data-row]').first().waitFor({ state: 'detached' });
    times.again.push(await ask<number>(page, open));
    await context.close();
  }
  return { ...times, work: await workToOpen(place, open) };
}

/** Apart, because tracing slows down what it watches. */
async function workToOpen({ browser, url, session }: Place, open: string): Promise<number> {
  const context = await openContext(browser, url, session);
  const page = await context.newPage();
  await loadList(page);
  await page.waitForTimeout(1_000);
  const { all } = await workOf(page, () => ask(page, open));
  await context.close();
  return all;
}

const requestTime = (chatId: string): string =>
  `performance.getEntriesByType('resource').filter(({ name }) => name.includes('${chatId}/messages')).at(-1)?.duration ?? NaN`;
