import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { root } from '../support/server.ts';
import { desktop, openStage, rowOf, type Stage, titlesIn } from './stage.ts';

const isReady = 'navigator.serviceWorker.ready.then(() => true)';
const worker = join(root, 'apps/web/dist/sw.js');

/** As a build leaves it, compressed as well. */
function write(code: string): void {
  writeFileSync(worker, code);
  writeFileSync(`${worker}.br`, brotliCompressSync(code));
  writeFileSync(`${worker}.gz`, gzipSync(code));
}

describe.skipIf(missingBrowser !== undefined)('the installed app', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage();
  }, 180_000);
  afterAll(() => stage?.close());

  it('can be installed', async () => {
    const manifest = (await (await fetch(`${stage.server.url}/manifest.webmanifest`)).json()) as {
      start_url: string;
      icons: { src: string; sizes: string }[];
    };
    expect(manifest.start_url).toBe('/app');
    expect(manifest.icons.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(['192x192', '512x512']));
    for (const { src } of manifest.icons) expect((await fetch(stage.server.url + src)).status).toBe(200);
  });

  it('opens without a server: chats and messages are there, what is written waits and is sent later', async () => {
    const page = await stage.open('alice', { ...desktop, serviceWorkers: 'allow' });
    await rowOf(page, 'Saturday Hikes').click();
    await page.locator('[data-row]').first().waitFor();
    const titles = await titlesIn(page);
    await page.evaluate(isReady);
    await expect.poll(() => page.evaluate('navigator.serviceWorker.controller !== null')).toBe(true);
    // What was loaded is kept when the page has nothing else to do.
    await page.waitForTimeout(3_000);
    await stage.server.kill9();
    await page.reload();
    await page.locator('[data-row]').first().waitFor();
    expect(await titlesIn(page)).toEqual(titles);
    await page.getByRole('textbox', { name: 'Message' }).fill('written into the dark');
    await page.keyboard.press('Enter');
    const bubble = page
      .getByRole('region', { name: 'Messages' })
      .getByRole('listitem')
      .filter({ hasText: 'written into the dark' });
    await bubble.getByRole('img', { name: 'Waiting to be sent' }).waitFor();
    await stage.server.restart();
    await bubble.getByRole('img', { name: 'Sent', exact: true }).waitFor({ timeout: 60_000 });
    await page.context().close();
  });

  it('keeps nothing of what the server tells', async () => {
    const page = await stage.open('bob', { ...desktop, serviceWorkers: 'allow' });
    await page.evaluate(isReady);
    const kept = await page.evaluate<string[]>(`(async () => {
      const names = await caches.keys();
      const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return lists.flat().map(({ url }) => new URL(url).pathname);
    })()`);
    expect(kept).toContain('/index.html');
    expect(kept.filter((path) => !/^\/(assets\/|index\.html$|icon|manifest)/.test(path))).toEqual([]);
    await page.context().close();
  });

  it('says that a new version is ready, and takes it when asked to', async () => {
    const page = await stage.open('carol', { ...desktop, serviceWorkers: 'allow' });
    await expect.poll(() => page.evaluate('navigator.serviceWorker.controller !== null')).toBe(true);
    const code = readFileSync(worker, 'utf8');
    try {
      write(code.replace(/VERSION = '(\w+)'/, "VERSION = 'next$1'"));
      await page.evaluate('navigator.serviceWorker.ready.then((registration) => registration.update()).then(() => 0)');
      await page.getByText('A new version is ready.').waitFor();
      await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Reload' }).click()]);
      await page.locator('[data-row-link]').first().waitFor();
      const names = await page.evaluate<string[]>('caches.keys()');
      expect(names).toHaveLength(1);
      expect(names[0]).toMatch(/^parley-app-next/);
    } finally {
      write(code);
    }
    await page.context().close();
  });
});
