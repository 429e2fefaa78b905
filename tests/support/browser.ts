import { existsSync } from 'node:fs';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { expect } from 'vitest';
import { password } from './people.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why there is no browser to test with, if there is none. With CI=true that is a failure, not a reason to skip. */
export const missingBrowser: string | undefined =
  existsSync(executablePath) || process.env.CI === 'true' ? undefined : `${executablePath} is missing`;

export const launchBrowser = (more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });

/** A browser of its own. Without the worker of the app, unless that is what is looked at: it would answer for the server. */
export const newContext = (
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> =>
  browser.newContext({ baseURL: url, locale: 'en-US', serviceWorkers: 'block', ...options });

/** One person with a browser of their own. What goes wrong in the page is kept. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly faults: string[];
  goTo(path: string): Promise<void>;
  signUp(name: string): Promise<void>;
  /** Finds a person and opens the chat with them, in which nothing was said yet. */
  talkTo(name: string): Promise<void>;
  openChat(name: string): Promise<void>;
  say(text: string): Promise<void>;
  /** Waits until the conversation shows exactly this, in this order. */
  expectConversation(texts: readonly string[], withinMs?: number): Promise<void>;
  /** The line that says so of the connection, where it can be seen. */
  connection(text: 'Connecting…' | 'Waiting for network…'): Locator;
  /** The bubble with this text. */
  bubble(text: string): Locator;
  /** Waits until an own message is marked so. */
  expectState(text: string, state: 'Waiting to be sent' | 'Sent' | 'Read'): Promise<void>;
  /** Goes on in a new tab of the same browser. */
  reopen(): Promise<void>;
}

export async function visit(browser: Browser, url: string): Promise<Visitor> {
  const context = await newContext(browser, url);
  context.setDefaultTimeout(20_000);
  const faults: string[] = [];
  context.on('weberror', (error) => faults.push(error.error().message));
  let page = await context.newPage();
  const messages = (): Locator => page.getByRole('region', { name: 'Messages' });
  const bubble = (text: string): Locator => messages().getByRole('listitem').filter({ hasText: text });

  return {
    context,
    get page() {
      return page;
    },
    faults,
    bubble,
    connection: (text) => page.getByText(text).filter({ visible: true }),
    async goTo(path) {
      await page.goto(path);
    },
    async signUp(name) {
      await page.goto('/register');
      await page.getByLabel('Name', { exact: true }).fill(name);
      await page.getByLabel('Username').fill(name.toLowerCase());
      await page.getByLabel('E-mail').fill(`${name.toLowerCase()}@example.org`);
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();
    },
    async talkTo(name) {
      await page.getByRole('searchbox', { name: 'Search chats and people' }).fill(name);
      await page.getByRole('button', { name: `@${name.toLowerCase()}` }).click();
      await page.getByText('No messages yet. Say hello!').waitFor();
    },
    async openChat(name) {
      await page.getByRole('link', { name }).click();
      await page.getByRole('textbox', { name: 'Message' }).waitFor();
    },
    async say(text) {
      await page.getByRole('textbox', { name: 'Message' }).fill(text);
      await page.keyboard.press('Enter');
    },
    async expectConversation(texts, withinMs = 20_000) {
      const shown = (): Promise<string[]> => messages().locator('[data-row] .text').allTextContents();
      await expect.poll(shown, { timeout: withinMs, interval: 50 }).toEqual(texts);
    },
    expectState: (text, state) => bubble(text).getByRole('img', { name: state, exact: true }).waitFor(),
    async reopen() {
      const path = new URL(page.url()).pathname;
      await page.close();
      page = await context.newPage();
      await page.goto(path);
    },
  };
}
