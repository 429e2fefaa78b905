import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const inPage = fileURLToPath(new URL('./in-page.js', import.meta.url));
const view = { width: 1440, height: 900 };

export async function launch(): Promise<Browser> {
  if (!existsSync(executablePath)) throw new Error(`${executablePath} is missing; CHROMIUM names another one`);
  return chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
}

export type Stored = Awaited<ReturnType<BrowserContext['storageState']>>;

/** A browser that nobody used yet; with a session, if one is given. */
export async function openContext(browser: Browser, baseURL: string, storageState?: Stored): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL,
    viewport: view,
    locale: 'en-US',
    ...(storageState === undefined ? {} : { storageState }),
  });
  await context.addInitScript({ path: inPage });
  return context;
}

/** Signs in as one does, and takes the session along. */
export async function signInToPage(
  browser: Browser,
  baseURL: string,
  { name, password }: { name: string; password: string },
): Promise<Stored> {
  const context = await openContext(browser, baseURL);
  const page = await context.newPage();
  await page.goto('/login');
  await page.locator('input[autocomplete="username"]').fill(name);
  await page.locator('input[type="password"]').fill(password);
  await page.locator('button[type="submit"]').click();
  await page.waitForURL('**/app');
  const stored = await context.storageState();
  await context.close();
  return stored;
}

/** What the page answers; `code` sees `bench` of in-page.js. */
export const ask = <T>(page: Page, code: string): Promise<T> => page.evaluate(code) as Promise<T>;
