import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { desktop, faultsOf, messageOf, openStage, type Stage } from './stage.ts';

/** From here on nothing is clicked, and nothing is focused but by keys. */
describe.skipIf(missingBrowser !== undefined)('by the keyboard alone', () => {
  let stage: Stage;
  let page: Page;

  beforeAll(async () => {
    stage = await openStage();
    page = await stage.open('alice', desktop);
  }, 180_000);
  afterAll(() => stage?.close());

  const press = (...keys: string[]): Promise<void> =>
    keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  const focused = () => page.locator(':focus');
  const nameOf = (): Promise<string> =>
    page.evaluate(`document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()`);
  /** By the tabulator key to what this selects. */
  async function tabTo(selector: string, key = 'Tab'): Promise<void> {
    for (let step = 0; step < 40; step += 1) {
      if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
      await page.keyboard.press(key);
    }
    throw new Error(`the tabulator key does not reach ${selector}`);
  }
  const last = (text: string) => messageOf(page, text).last();

  it('a chat is found in the list and opened, and one can write at once', async () => {
    await press('Tab');
    await tabTo('[type=search]');
    await press('ArrowDown', 'ArrowDown', 'ArrowUp', 'Enter');
    await page.getByRole('heading', { level: 1, name: 'Bob Lindqvist' }).waitFor();
    await expect.poll(nameOf).toBe('Message');
    await page.keyboard.type('all by keys');
    await press('Shift+Enter');
    await page.keyboard.type('on two lines');
    await press('Enter');
    await last('on two lines')
      .getByRole('img', { name: /^(Sent|Read)$/ })
      .waitFor();
  });

  it('a message is replied to from its menu', async () => {
    await tabTo('[aria-label=Messages]', 'Shift+Tab');
    await press('ArrowUp', 'ArrowUp', 'Enter');
    await page.getByRole('menu', { name: 'Message actions' }).waitFor();
    expect(await nameOf()).toBe('Reply');
    await press('Enter');
    await page.locator('.strip').waitFor();
    await expect.poll(nameOf).toBe('Message');
    await page.keyboard.type('a reply by keys');
    await press('Enter');
    await last('a reply by keys').locator('.quoted').waitFor();
    await last('a reply by keys')
      .getByRole('img', { name: /^(Sent|Read)$/ })
      .waitFor();
  });

  it('the last message is edited, and an edit is left by Escape', async () => {
    await press('ArrowUp');
    await page.locator('.strip', { hasText: 'a reply by keys' }).waitFor();
    await press('End');
    await page.keyboard.type(', corrected');
    await press('Enter');
    await last('a reply by keys, corrected').getByText('edited').waitFor();
    await press('ArrowUp');
    await page.locator('.strip').waitFor();
    await press('Escape');
    await page.locator('.strip').waitFor({ state: 'detached' });
    expect(await nameOf()).toBe('Message');
    expect(await focused().inputValue()).toBe('');
  });

  it('messages are chosen, a dialog asks, and the focus comes back', async () => {
    await tabTo('[aria-label=Messages]', 'Shift+Tab');
    await press('ArrowDown', 'Space', 'ArrowUp', 'Space');
    await page.getByRole('toolbar').getByText('2 selected').waitFor();
    await tabTo('[aria-label=Delete]', 'Shift+Tab');
    await press('Enter');
    await page.getByRole('dialog').waitFor();
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await nameOf()).toBe('Delete');
    await tabTo('[aria-label="End selection"]', 'Shift+Tab');
    await press('Enter');
    expect(await nameOf()).toBe('Messages');
    await press('Escape');
    expect(await nameOf()).toBe('Message');
  });

  it('a chat is filed by the menu of its row', async () => {
    await tabTo('[data-row-link]', 'Shift+Tab');
    await press('Shift+F10');
    await page.getByRole('menu', { name: 'Chat actions' }).waitFor();
    await press('Escape');
    expect(await page.locator('[data-row-link]:focus').count()).toBe(1);
  });

  it('what is known of the chat is looked at and left again', async () => {
    await tabTo('[data-opens=info]');
    await press('Enter');
    await page.getByRole('complementary', { name: 'Info' }).waitFor();
    await expect.poll(nameOf).toBe('Info');
    await press('Escape');
    await page.getByRole('complementary', { name: 'Info' }).waitFor({ state: 'detached' });
    expect(await page.locator('[data-opens=info]:focus').count()).toBe(1);
  });

  it('settings are reached, changed, and left', async () => {
    await tabTo('[href$="/settings"]', 'Shift+Tab');
    await press('Enter');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await tabTo('[href$="/appearance"]');
    await press('Enter');
    await page.getByRole('radio').first().waitFor();
    await tabTo('[type=radio]');
    await press('ArrowRight', 'ArrowRight');
    await expect.poll(() => page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await press('Control+k');
    await page.locator('[role=combobox]:focus').waitFor();
    await page.keyboard.type('carol');
    await press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Carol Okafor' }).waitFor();
    await expect.poll(nameOf).toBe('Message');
  });

  it('the palette signs nobody out who was not asked', async () => {
    await press('Control+k');
    await page.locator('[role=combobox]:focus').waitFor();
    await page.keyboard.type('sign out');
    await press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Sign out' });
    await dialog.waitFor();
    await press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(new URL(page.url()).pathname).toBe('/app/settings');
  });

  it('nothing broke on the way', () => {
    expect(faultsOf(page)).toEqual([]);
  });
});
