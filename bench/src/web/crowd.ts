import type { Browser, Page } from 'playwright-core';
import { printTable, show } from '../report.ts';
import { median } from '../stats.ts';
import { ask, openContext, type Stored } from './browser.ts';
import { compareScrolling } from './gesture.ts';
import { workOf } from './work.ts';

const rounds = 5;
const link = '[data-row-link]';
const more = '.members .more';
const row = '.members .member';

/** Somebody with many chats, one of them with many people. */
export interface Crowd {
  browser: Browser;
  url: string;
  session: Stored;
  /** Chats in the list. */
  chats: number;
  groupId: string;
  members: number;
}

/** How soon a long list of chats can be used, and is whole, and how it scrolls. */
export async function benchChatList(crowd: Crowd): Promise<void> {
  const whole = `[aria-setsize="${crowd.chats}"]`;
  const times: Record<'usable' | 'whole' | 'again', number[]> = { usable: [], whole: [], again: [] };
  for (let round = 0; round < rounds; round += 1) {
    const { context, page } = await open(crowd);
    times.usable.push(await goUntil(page, '/app', link));
    times.whole.push(await ask<number>(page, paintOf(whole)));
    await page.waitForTimeout(1_000);
    times.again.push(await goUntil(page, '/app', link));
    await context.close();
  }
  const { context, page } = await open(crowd);
  // Apart, because tracing slows down what it watches.
  const { all, most } = await workOf(page, () => goUntil(page, '/app', whole));
  printTable(
    `Web app: a list of ${show(crowd.chats)} chats (median of ${rounds}, from the start to the paint)`,
    ['', 'ms', 'slowest', 'bar'],
    [
      ['usable, nothing cached', median(times.usable), Math.max(...times.usable), ''],
      ['all of it there', median(times.whole), Math.max(...times.whole), ''],
      ['usable, again', median(times.again), Math.max(...times.again), ''],
      ['work on the main thread until all is there', all, all, ''],
      ['of that, in one task', most, most, '<= 50'],
    ],
  );
  await compareScrolling(context, page, 'list of chats', { x: 180, distance: 24_000, speed: 6_000, first: 'down' });
  await context.close();
}

/** How soon the members of a large group are there, page by page, and how they scroll. */
export async function benchMembers(crowd: Crowd): Promise<void> {
  const times: Record<'opened' | 'page', number[]> = { opened: [], page: [] };
  for (let round = 0; round < rounds; round += 1) {
    const { context, page } = await open(crowd);
    await goUntil(page, `/app/c/${crowd.groupId}`, '[data-row]');
    await page.waitForTimeout(1_000);
    times.opened.push(await openInfo(page));
    times.page.push(...(await showAll(page)));
    await context.close();
  }
  const { context, page } = await open(crowd);
  await goUntil(page, `/app/c/${crowd.groupId}`, '[data-row]');
  const opening = await workOf(page, () => openInfo(page));
  const showing = await workOf(page, () => showAll(page));
  printTable(
    `Web app: a group of ${show(crowd.members)} (median of ${rounds}, from the click to the paint)`,
    ['', 'ms', 'slowest', 'most work in one task, ms', 'bar'],
    [
      ['the info, with the first members', median(times.opened), Math.max(...times.opened), opening.most, '<= 50'],
      ['a page more of members', median(times.page), Math.max(...times.page), showing.most, '<= 50'],
    ],
  );
  await compareScrolling(context, page, 'members', { x: 1_250, distance: 12_000, speed: 6_000, first: 'down' });
  await context.close();
}

async function open({ browser, url, session }: Crowd) {
  const context = await openContext(browser, url, session);
  return { context, page: await context.newPage() };
}

const paintOf = (selector: string): string => `bench.firstPaintOf(${JSON.stringify(selector)})`;
const clickTo = (target: string, selector: string): string =>
  `bench.clickTo(${JSON.stringify(target)}, ${JSON.stringify(selector)})`;

async function goUntil(page: Page, address: string, selector: string): Promise<number> {
  await page.goto(address, { waitUntil: 'commit' });
  return ask<number>(page, paintOf(selector));
}

const openInfo = (page: Page): Promise<number> => ask<number>(page, clickTo('[data-opens="info"]', row));

/** ms of each page until there is no further one. */
async function showAll(page: Page): Promise<number[]> {
  const times: number[] = [];
  while ((await page.locator(more).count()) > 0) {
    const shown = await page.locator(row).count();
    times.push(await ask<number>(page, clickTo(more, `${row}:nth-child(${shown + 1})`)));
  }
  return times;
}
