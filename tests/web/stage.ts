import { createHttp } from '@parley/client';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { launchBrowser, newContext } from '../support/browser.ts';
import { demoFolder } from '../support/demo.ts';
import { httpOf } from '../support/people.ts';
import { type Server, startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

/** What a page did that nobody wanted, by page. */
const faults = new WeakMap<Page, string[]>();
export const faultsOf = (page: Page): readonly string[] => faults.get(page) ?? [];

export interface Stage {
  server: Server;
  browser: Browser;
  /** Somebody of the demo, signed in, in a window of this size. */
  open(username: string, options?: BrowserContextOptions): Promise<Page>;
  stranger(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

export const phone: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  hasTouch: true,
  isMobile: true,
};
export const tablet: BrowserContextOptions = { viewport: { width: 768, height: 1024 } };
export const desktop: BrowserContextOptions = { viewport: { width: 1440, height: 900 } };

/** The app with the people and chats of the demo. */
export async function openStage(env: Record<string, string> = {}, given?: Browser): Promise<Stage> {
  const [server, browser] = await Promise.all([
    startServer({ copyOf: await demoFolder(), env }),
    given ?? launchBrowser(),
  ]);

  async function stranger(options: BrowserContextOptions = desktop): Promise<Page> {
    const context = await newContext(browser, server.url, options);
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    const seen: string[] = [];
    faults.set(page, seen);
    context.on('weberror', (error) => seen.push(error.error().message));
    return page;
  }

  return {
    server,
    browser,
    stranger,
    async open(username, options) {
      const page = await stranger(options);
      await page.goto('/login');
      await page.getByLabel('Username or e-mail').fill(username);
      await page.getByLabel('Password', { exact: true }).fill('testpass');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.locator('[data-row-link]').first().waitFor();
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** What the demo says is found a moment after it is there. */
export async function untilSearchable({ server: { url } }: Stage, word: string): Promise<void> {
  const login = await createHttp({ baseUrl: url }).call('auth.login', {
    body: { username: 'alice', password: 'testpass' },
  });
  const { call } = httpOf(url, login);
  await until(
    async () => (await call('search', { query: { q: word } })).items.length > 0,
    `“${word}” is found`,
    60_000,
  );
}

/** The chats of the list as it stands, from above. */
export const titlesIn = (page: Page): Promise<string[]> => page.locator('[data-row-link] .title').allTextContents();

export const rowOf = (page: Page, title: string) =>
  page
    .getByRole('list', { name: /^(Chats|Archive)$/ })
    .getByRole('link')
    .filter({ has: page.locator('.title', { hasText: title }) });

/** A conversation, opened from the list. */
export async function openChat(page: Page, title: string): Promise<void> {
  await page.locator('[data-row-link]', { has: page.locator('.title', { hasText: title }) }).click();
  await page.locator('[data-message]').last().waitFor();
}

export async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.keyboard.press('Enter');
}

/** The row of a message with this text. */
export const messageOf = (page: Page, text: string): Locator =>
  page.getByRole('region', { name: 'Messages' }).getByRole('listitem').filter({ hasText: text });

/** What all the messages that are drawn say, from above. */
export const textsIn = (page: Page): Promise<string[]> => page.locator('[data-row] .text').allTextContents();

/** How high a control is for a finger: the points above and beneath its middle that belong to it. */
export const heightForFinger = (control: Locator): Promise<number> =>
  control.evaluate((element) => {
    element.scrollIntoView({ block: 'center' });
    const { left, top, width, height } = element.getBoundingClientRect();
    const isIts = (y: number): boolean => element.contains(element.ownerDocument.elementFromPoint(left + width / 2, y));
    const reach = (step: 1 | -1): number => {
      let points = 0;
      while (points < 50 && isIts(top + height / 2 + step * (points + 1))) points += 1;
      return points;
    };
    return reach(-1) + 1 + reach(1);
  });

/** A finger that goes down in the middle of something (or at a point), goes aside, and is lifted again. */
export async function drag(page: Page, from: Locator | { x: number; y: number }, by: number): Promise<void> {
  const { x, y } = 'x' in from ? from : await middleOf(from);
  await withFinger(page, async (touch) => {
    await touch('touchStart', { x, y });
    for (let step = 1; step <= 8; step += 1) await touch('touchMove', { x: x + (by * step) / 8, y });
    // At rest before it is lifted: after a fling the browser takes the next tap for the end of it.
    await page.waitForTimeout(150);
    await touch('touchEnd');
  });
}

/** A finger that stays until something has come of it. */
export async function press(page: Page, on: Locator, until: () => Promise<unknown>): Promise<void> {
  const at = await middleOf(on);
  await withFinger(page, async (touch) => {
    await touch('touchStart', at);
    await until();
    await touch('touchEnd');
  });
}

type Touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: { x: number; y: number }) => Promise<unknown>;

async function withFinger(page: Page, act: (touch: Touch) => Promise<void>): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await act((type, at) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: at === undefined ? [] : [at] }),
  );
  await session.detach();
}

async function middleOf(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error('nothing is there to be touched');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
