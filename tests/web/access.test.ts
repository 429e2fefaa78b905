import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, missingBrowser } from '../support/browser.ts';
import { barriersOn, isStill, namelessOn } from './barriers.ts';
import { type Furnished, furnish } from './furnish.ts';
import { moments } from './moments.ts';
import { openings } from './openings.ts';
import { desktop, openStage, phone, rowOf, type Stage, untilSearchable } from './stage.ts';

const sticker = new URL('../../apps/server/src/modules/stickers/assets/coffee.webp', import.meta.url);

const wait = (selector: string) => async (page: Page) => void (await page.locator(selector).first().waitFor());

/** As a link in the app would: nothing is loaded again. */
async function leadTo(page: Page, address: string): Promise<void> {
  await page.evaluate(`{
    history.pushState({ position: (history.state?.position ?? 0) + 1 }, '', ${JSON.stringify(address)});
    dispatchEvent(new PopStateEvent('popstate', { state: history.state }));
  }`);
}

/** Address, and what is there when it is all there. Words in capitals are of what is furnished. */
const screens: readonly [name: string, address: string, isThere: (page: Page) => Promise<void>][] = [
  ['the list', '/app', wait('[data-row-link]')],
  ['a conversation', '/app/c/CHAT', wait('[data-row]')],
  [
    'the info of a chat',
    '/app/c/CHAT?info',
    wait('.info:has(.members .member):has(.invites .over) .requests .request'),
  ],
  ['an invitation', '/join/ASK', wait('.hint')],
  ['an invitation that waits', '/join/WAITING', wait('text=You have asked to join')],
  ['no invitation', '/join/none', wait('[role="alert"]')],
  ['the search in a chat', '/app/c/CHAT?find', wait('.summary')],
  ['the archive', '/app/archive', wait('.empty')],
  ['a new chat', '/app?new', wait('dialog[open]')],
  ['the commands', '/app?palette', wait('[role="option"]')],
  ['the shortcuts', '/app?shortcuts', wait('dialog[open]')],
  ['a profile', '/@bob', wait('dialog[open] .face')],
  ['a public chat', '/c/harbour_library', wait('.face')],
  ['settings: profile', '/app/settings/profile', wait('.section')],
  ['settings: appearance', '/app/settings/appearance', wait('.section')],
  ['settings: language', '/app/settings/language', wait('.section')],
  ['settings: notifications', '/app/settings/notifications', wait('.section')],
  ['settings: privacy', '/app/settings/privacy', wait('.person')],
  ['settings: security', '/app/settings/security', wait('.section')],
  ['settings: devices', '/app/settings/sessions', wait('.session')],
  ['settings: about', '/app/settings/about', wait('.section')],
  ['nothing', '/app/no/where', wait('h1')],
];

describe.skipIf(missingBrowser !== undefined)('access', () => {
  let stage: Stage;
  let furnished: Furnished;

  beforeAll(async () => {
    const browser = await launchBrowser(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']);
    stage = await openStage({}, browser);
    furnished = await furnish(stage.server.url);
    await untilSearchable(stage, 'ca');
  }, 180_000);
  afterAll(() => stage?.close());

  const addressOf = (written: string): string =>
    written
      .replace('CHAT', furnished.chatId)
      .replace('DIRECT', furnished.directId)
      .replace('ASK', furnished.ask)
      .replace('WAITING', furnished.waiting);

  async function problemsOn(page: Page, name: string): Promise<string[]> {
    const problems = [...(await barriersOn(page)), ...(await namelessOn(page))];
    return problems.map((problem) => `${name}: ${problem}`);
  }

  it.each([
    ['light', desktop],
    ['dark', phone],
  ] as const)('has no barriers: %s, %o', async (colorScheme, size) => {
    const page = await stage.open('alice', { ...size, colorScheme });
    const found: string[] = [];
    const check = async (name: string): Promise<void> => void found.push(...(await problemsOn(page, name)));
    for (const [name, to, isThere] of screens) {
      await leadTo(page, addressOf(to));
      await isThere(page);
      await check(name);
    }
    await leadTo(page, '/app');
    await page.getByRole('searchbox').fill('ca');
    await page.locator('.hit').first().waitFor();
    await check('the search');
    await page.getByRole('searchbox').fill('');
    await rowOf(page, 'Book Club').click({ button: 'right' });
    await check('a menu');
    await page.keyboard.press('Escape');
    await rowOf(page, 'Book Club').click();
    await page.locator('form.composer input[type="file"]').setInputFiles([
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') },
      { name: 'dot.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') },
      { name: 'coffee.webp', mimeType: 'image/webp', buffer: readFileSync(sticker) },
    ]);
    await page.getByRole('button', { name: 'Remove dot.svg' }).waitFor();
    await check('files to send');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('[data-message]').last().getByRole('button', { name: 'Look at coffee.webp' }).click();
    await page.getByRole('dialog', { name: 'Picture' }).getByRole('img').waitFor();
    await check('a picture');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Stickers' }).click();
    await page.getByRole('menuitem').first().waitFor();
    await check('stickers');
    await page.keyboard.press('Escape');
    for (const { name, address, make, shows, unmake } of moments) {
      if (!page.url().endsWith(addressOf(address))) await leadTo(page, addressOf(address));
      await make(page);
      await page.locator(shows).locator('visible=true').first().waitFor();
      await check(name);
      await unmake?.(page);
    }
    await page.context().close();
    expect(found).toEqual([]);
  });

  it.each([
    ['light', desktop],
    ['dark', phone],
  ] as const)('what comes up has no barriers, and gives the focus back: %s, %o', async (colorScheme, size) => {
    const page = await stage.open('alice', { ...size, colorScheme });
    const found: string[] = [];
    for (const { name, address, by, onwards, shows, leave } of openings) {
      if (!page.url().endsWith(addressOf(address))) await leadTo(page, addressOf(address));
      const opener = await by(page);
      await onwards?.(page);
      await shows(page).first().waitFor();
      found.push(...(await problemsOn(page, name)));
      await (leave?.(page) ?? page.keyboard.press('Escape'));
      await page.locator('dialog[open], [popover]:popover-open').waitFor({ state: 'detached' });
      const isBack = opener.and(page.locator(':focus')).waitFor({ timeout: 5_000 });
      await isBack.catch(() => found.push(`${name}: the focus is not back`));
    }
    await page.context().close();
    expect(found).toEqual([]);
  });

  it.each(['/login', '/register'])('has no barriers at %s', async (address) => {
    const page = await stage.stranger({ ...phone, colorScheme: 'dark' });
    await page.goto(address);
    await page.getByRole('textbox').first().waitFor();
    const found = await problemsOn(page, 'as it comes');
    await page.getByRole('button', { name: /^(Sign in|Create account)$/ }).click();
    await page.locator('[aria-invalid="true"]').first().waitFor();
    expect([...found, ...(await problemsOn(page, 'left empty'))]).toEqual([]);
    await page.context().close();
  });

  it('leads a stranger from an invitation through signing up into the queue', async () => {
    const page = await stage.stranger({ ...phone, colorScheme: 'dark' });
    await page.goto(addressOf('/join/ASK'));
    await page.locator('.face').waitFor();
    expect(await problemsOn(page, 'an invitation')).toEqual([]);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByLabel('Username').fill('newcomer');
    await page.getByLabel('E-mail').fill('newcomer@example.org');
    await page.getByLabel('Password', { exact: true }).fill('winter garden 9');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('You have asked to join').waitFor();
    await page.context().close();
  });

  it.each(['light', 'dark'] as const)('has enough contrast in every accent: %s', async (colorScheme) => {
    const page = await stage.open('bob', { ...desktop, colorScheme });
    await rowOf(page, 'Saturday Hikes').click();
    await page.locator('[data-row]').first().waitFor();
    for (const accent of ['teal', 'green', 'blue', 'indigo', 'violet', 'rose', 'amber', 'slate']) {
      await page.evaluate(`document.documentElement.dataset.accent = '${accent}'`);
      expect(await barriersOn(page, 'color-contrast'), accent).toEqual([]);
    }
    await page.context().close();
  });

  /** What is wider than the window, and so cannot be reached. */
  const overflow = (page: Page): Promise<string[]> =>
    page.evaluate<string[]>(`[...document.querySelectorAll('#app :is(a, button, input, label, select, h1, h2, p)')]
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 1 && (right > innerWidth + 1 || left < -1) && element.checkVisibility();
      })
      .map((element) => element.outerHTML.slice(0, 120))`);

  it.each([
    ['right to left', '/app?lang=pseudo-rtl', ''],
    ['with text twice as large', '/app', '200%'],
  ])('fits into a phone %s', async (_how, address, fontSize) => {
    const page = await stage.open('alice', phone);
    for (const to of [
      address,
      address.replace('/app', '/app/settings'),
      address.replace('/app', '/app/settings/appearance'),
    ]) {
      await page.goto(to);
      await page.locator('[data-row-link]').first().waitFor({ state: 'attached' });
      await page.evaluate(`document.documentElement.style.fontSize = '${fontSize}'`);
      await page.evaluate(isStill);
      expect(await overflow(page)).toEqual([]);
    }
    if (fontSize === '') expect(await page.evaluate('document.documentElement.dir')).toBe('rtl');
    await page.context().close();
  });

  it('nothing moves where movement is not wanted', async () => {
    const page = await stage.open('alice', { ...phone, reducedMotion: 'reduce' });
    await rowOf(page, 'Book Club').click();
    await page.locator('[data-row]').first().waitFor();
    const moving = await page.evaluate(
      'document.getAnimations().filter(({ effect }) => effect.getComputedTiming().duration > 1).length',
    );
    expect(moving).toBe(0);
    await page.context().close();
  });
});
