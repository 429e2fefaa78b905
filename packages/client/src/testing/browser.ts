import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const source = fileURLToPath(new URL('..', import.meta.url));

const blank = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<script type="module" src="/src/testing/page.ts"></script>`;

/** Why there is no browser to test with, if there is none. With CI=true that is a failure, not a reason to skip. */
export const missingBrowser: string | undefined =
  existsSync(executablePath) || process.env.CI === 'true' ? undefined : `${executablePath} is missing`;

export interface TestBrowser {
  /** A tab on a page that holds what `page.ts` says, in the same profile as the others. */
  openTab(): Promise<Page>;
  close(): Promise<void>;
}

/** A browser, and a server that gives it the sources without their types. */
export async function startBrowser(): Promise<TestBrowser> {
  const server = createServer(({ url = '/' }, response) => {
    const file = fileOf(url);
    if (file !== undefined && !existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': file === undefined ? 'text/html' : 'text/javascript' });
    response.end(file === undefined ? blank : stripTypeScriptTypes(readFileSync(file, 'utf8')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await launch();
  const context = await browser.newContext({
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  return {
    async openTab() {
      const page = await context.newPage();
      await page.goto('/');
      await page.waitForFunction(() => 'tab' in globalThis);
      return page;
    },
    async close() {
      await browser.close();
      await new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections());
    },
  };
}

const launch = (): Promise<Browser> =>
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
    ],
  });

const fileOf = (url: string): string | undefined =>
  url.startsWith('/src/') ? join(source, url.slice('/src/'.length)) : undefined;
