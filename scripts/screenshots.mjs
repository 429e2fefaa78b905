#!/usr/bin/env node
// Every main screen of the app, in both themes and three widths, from the demo: screenshots-new/<width>-<theme>/<screen>.png.
// Usage: npm run screenshots [-- --url http://localhost:3000] [-- --only conversation]
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { startDemo } from './steps/demo.mjs';
import { fail, inProject, say } from './steps/project.mjs';

const { values: flags } = parseArgs({
  options: { url: { type: 'string' }, only: { type: 'string' }, width: { type: 'string' }, out: { type: 'string' } },
});
const widths = [
  [360, 740],
  [768, 1024],
  [1440, 900],
].filter(([width]) => flags.width === undefined || flags.width === String(width));
const folder = flags.out ?? inProject('screenshots-new');

/** A way to each screen, from a page that is signed in. */
const screens = {
  list: (page) => page.goto('/app'),
  conversation: (page) => openChat(page, 'Bob'),
  group: (page) => openChat(page, 'Saturday Hikes'),
  channel: (page) => openChat(page, 'Elm Street News'),
  'info-group': async (page) => openChat(page, 'Saturday Hikes', 'info'),
  'info-person': async (page) => openChat(page, 'Bob', 'info'),
  'search-in-chat': async (page) => {
    await openChat(page, 'Saturday Hikes', 'find');
    await page.getByRole('searchbox', { name: 'What to look for' }).fill('the');
    await page.locator('.hit').first().waitFor();
  },
  search: async (page) => {
    await page.goto('/app');
    await page.getByRole('searchbox').fill('ca');
    await page.locator('.hit, .none').first().waitFor();
  },
  menu: async (page) => {
    await page.goto('/app');
    await page.locator('[data-row-link]').nth(2).click({ button: 'right' });
  },
  archive: (page) => page.goto('/app/archive'),
  'new-chat': (page) => page.goto('/app?new'),
  settings: (page) => page.goto('/app/settings'),
  appearance: (page) => page.goto('/app/settings/appearance'),
  notifications: (page) => page.goto('/app/settings/notifications'),
  privacy: (page) => page.goto('/app/settings/privacy'),
  devices: (page) => page.goto('/app/settings/sessions'),
  about: (page) => page.goto('/app/settings/about'),
  palette: (page) => page.goto('/app?palette'),
  shortcuts: (page) => page.goto('/app?shortcuts'),
  profile: async (page) => {
    await page.goto('/@carol');
    await page.getByRole('button', { name: 'Message', exact: true }).waitFor();
  },
  'right-to-left': (page) => openChat(page, 'Saturday Hikes', 'lang=pseudo-rtl'),
};

const signedOut = {
  'sign-in': (page) => page.goto('/login'),
  'sign-up': (page) => page.goto('/register'),
  welcome: async (page) => {
    const name = `new${Date.now() % 1e7}`;
    await page.goto('/register');
    await page.getByLabel('Name', { exact: true }).fill('Nina');
    await page.getByLabel('Username').fill(name);
    await page.getByLabel('E-mail').fill(`${name}@example.org`);
    await page.getByLabel('Password', { exact: true }).fill('a long enough secret');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();
  },
};

async function openChat(page, title, query) {
  await page.goto('/app');
  const link = page.locator('[data-row-link]', { hasText: title }).first();
  const address = await link.getAttribute('href');
  await page.goto(query === undefined ? address : `${address}?${query}`);
  await page.locator('[data-row]').first().waitFor();
}

async function signIn(page) {
  await page.goto('/login');
  await page.getByLabel('Username or e-mail').fill('alice');
  await page.getByLabel('Password', { exact: true }).fill('testpass');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('[data-row-link]').first().waitFor();
}

/** `pageOf` gives the page for the next picture. */
async function shoot(pageOf, theme, list) {
  for (const [name, go] of Object.entries(list)) {
    if (flags.only !== undefined && !name.includes(flags.only)) continue;
    for (const [width, height] of widths) {
      const page = await pageOf();
      await page.setViewportSize({ width, height });
      await go(page);
      await page.waitForTimeout(700);
      await page.screenshot({ path: join(folder, `${width}-${theme}`, `${name}.png`) });
    }
  }
}

async function shootAll(url) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
  for (const theme of ['light', 'dark']) {
    const open = () =>
      browser.newContext({ baseURL: url, colorScheme: theme, locale: 'en-GB', serviceWorkers: 'block' });
    await shoot(async () => (await open()).newPage(), theme, signedOut);
    const page = await (await open()).newPage();
    await signIn(page);
    await shoot(() => page, theme, screens);
  }
  await browser.close();
}

const demo = flags.url === undefined ? await startDemo() : { url: flags.url, stop: async () => {} };
try {
  await shootAll(demo.url);
  say(`screenshots are in ${folder}`);
} catch (error) {
  fail(error.stack);
} finally {
  await demo.stop();
}
