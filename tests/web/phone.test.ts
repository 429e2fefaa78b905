import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { drag, messageOf, openChat, phone, press, rowOf, titlesIn, untilSearchable } from './stage.ts';
import { useVisits } from './visits.ts';

describe.skipIf(missingBrowser !== undefined)('a phone', () => {
  const visits = useVisits();
  let page: Page;

  const path = (): string => new URL(page.url()).pathname;
  const address = (): string => path() + new URL(page.url()).search;
  const dialogs = () => page.locator('dialog[open]');
  const menu = () => page.getByRole('menu');
  const toolbar = () => page.getByRole('toolbar', { name: 'Selected messages' });
  const bubbles = () => page.locator('[data-message] .bubble');
  /** The button of the browser, or of the phone. */
  const back = async (): Promise<void> => void (await page.goBack());

  it('going back closes what lies uppermost, and only that', async () => {
    page = await visits.open('alice', phone);
    await openChat(page, 'Saturday Hikes');
    const chat = path();
    await bubbles().last().tap();
    await menu().waitFor();
    await back();
    await menu().waitFor({ state: 'detached' });
    await expect.poll(path).toBe(chat);
    await press(page, bubbles().last(), () => toolbar().waitFor());
    await toolbar().getByRole('button', { name: 'Delete' }).tap();
    await dialogs().waitFor();
    await back();
    await dialogs().waitFor({ state: 'detached' });
    expect(await toolbar().isVisible()).toBe(true);
    await expect.poll(path).toBe(chat);
    await back();
    await toolbar().waitFor({ state: 'detached' });
    await expect.poll(path).toBe(chat);
    await back();
    await expect.poll(path).toBe('/app');
  });

  it('going back closes what lies over the first page, too, and the next time leaves', async () => {
    page = await visits.open('alice', phone);
    await page.goto('about:blank');
    await page.goto('/app');
    const row = rowOf(page, 'Book Club');
    await press(page, row, () => menu().waitFor());
    await expect.poll(() => page.evaluate('history.state.isGuard')).toBe(true);
    await back();
    await menu().waitFor({ state: 'detached' });
    expect(path()).toBe('/app');
    const entries = await page.evaluate('history.state.position');
    await press(page, row, () => menu().waitFor());
    await menu().getByRole('menuitem', { name: 'Leave' }).tap();
    await dialogs().waitFor();
    await dialogs().getByRole('button', { name: 'Cancel' }).tap();
    await expect
      .poll(() => page.evaluate('[history.state.position, history.state.isGuard]'))
      .toEqual([entries, undefined]);
    await press(page, row, () => menu().waitFor());
    await expect.poll(() => page.evaluate('history.state.isGuard')).toBe(true);
    await back();
    await back();
    expect(page.url()).toBe('about:blank');
  });

  it('going back closes a question over the sheet of a person, then the sheet, then what was beneath', async () => {
    page = await visits.open('alice', phone);
    await openChat(page, 'Saturday Hikes');
    const chat = path();
    await page.getByRole('button', { name: 'Saturday Hikes' }).tap();
    await page.getByRole('button', { name: /Carol Okafor @carol/ }).tap();
    await page.getByRole('button', { name: /^Block/ }).tap();
    await expect.poll(() => dialogs().count()).toBe(2);
    await back();
    await expect.poll(() => dialogs().count()).toBe(1);
    await expect.poll(address).toMatch(/\?info&person=/);
    await back();
    await expect.poll(address).toBe(`${chat}?info`);
    expect(await dialogs().count()).toBe(0);
    await back();
    await expect.poll(address).toBe(chat);
  });

  it('a button back does not leave behind what the button of the phone would open again', async () => {
    page = await visits.open('alice', phone);
    const before = await page.evaluate<number>('history.state.position');
    await rowOf(page, 'Book Club').tap();
    await page.getByRole('button', { name: 'Back' }).tap();
    await expect.poll(path).toBe('/app');
    await page.getByRole('link', { name: 'Settings' }).tap();
    await page.getByRole('link', { name: 'Language' }).tap();
    await expect.poll(path).toBe('/app/settings/language');
    await page.getByRole('button', { name: 'Back' }).tap();
    await expect.poll(path).toBe('/app/settings');
    await page.getByRole('button', { name: 'Back' }).tap();
    await expect.poll(path).toBe('/app');
    expect(await page.evaluate('history.state.position')).toBe(before);
  });

  it('going back from a new chat leads to the list, not to where it was made', async () => {
    page = await visits.open('alice', phone);
    await page.getByRole('button', { name: 'New chat' }).tap();
    await dialogs().waitFor();
    await back();
    await dialogs().waitFor({ state: 'detached' });
    expect(address()).toBe('/app');
    await page.getByRole('button', { name: 'New chat' }).tap();
    await page.getByLabel('Search people').fill('bob');
    await dialogs().getByRole('button', { name: /@bob/ }).tap();
    await expect.poll(path).toMatch(/^\/app\/c\//);
    await back();
    await expect.poll(address).toBe('/app');
  });

  it('whoever is alone in a group makes a link into it, also where pages have no clipboard', async () => {
    page = await visits.open('alice', phone);
    await page.evaluate('Object.defineProperty(navigator, "clipboard", { value: undefined })');
    await page.getByRole('button', { name: 'New chat' }).tap();
    await dialogs().getByText('Group', { exact: true }).tap();
    await page.getByLabel('Name', { exact: true }).fill('Chess Club');
    await dialogs().getByRole('button', { name: 'Create' }).tap();
    await page.getByRole('button', { name: 'Invite people' }).tap();
    await dialogs().getByRole('button', { name: 'Make and copy link' }).tap();
    await page.getByText('Link copied').waitFor();
  });

  it('the keyboard stays while one message follows the other', async () => {
    page = await visits.open('alice', phone);
    await openChat(page, 'Book Club');
    const field = page.getByRole('textbox', { name: 'Message' });
    await field.tap();
    await page.keyboard.type('first');
    // What is typed finds the field all the same; a keyboard goes when the field is left for a moment.
    await page.evaluate("globalThis.left = 0; document.activeElement.addEventListener('blur', () => { left += 1; });");
    await page.getByRole('button', { name: 'Send', exact: true }).tap();
    await messageOf(page, 'first').waitFor();
    expect(await page.evaluate('left')).toBe(0);
    await page.keyboard.type('second');
    expect(await field.inputValue()).toBe('second');
    await field.fill('');
  });

  it('a finger that closes a menu touches nothing else', async () => {
    page = await visits.open('alice', phone);
    await openChat(page, 'Saturday Hikes');
    const chat = path();
    const search = page.getByRole('button', { name: 'Search in this chat' });
    await bubbles().last().tap();
    await menu().waitFor();
    await search.tap({ force: true });
    await menu().waitFor({ state: 'detached' });
    // What was touched would be open by now.
    await page.waitForTimeout(500);
    expect(address()).toBe(chat);
    await search.tap();
    await expect.poll(address).toBe(`${chat}?find`);
  });

  it('a chat that was archived by mistake comes back where it was', async () => {
    page = await visits.open('alice', phone);
    const titles = await titlesIn(page);
    await drag(page, rowOf(page, 'Emre'), -140);
    await rowOf(page, 'Emre').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).tap();
    await expect.poll(() => titlesIn(page)).toEqual(titles);
  });

  it('a finger from the edge ends the selection first, and a form before its panel', async () => {
    page = await visits.open('alice', phone);
    await openChat(page, 'Saturday Hikes');
    const chat = path();
    await press(page, bubbles().last(), () => toolbar().waitFor());
    await drag(page, { x: 4, y: 400 }, 220);
    await toolbar().waitFor({ state: 'detached' });
    expect(path()).toBe(chat);
    await page.getByRole('button', { name: 'Saturday Hikes' }).tap();
    await page.getByRole('button', { name: 'Edit' }).tap();
    const form = page.getByRole('textbox', { name: 'Description' });
    await form.waitFor();
    await back();
    await form.waitFor({ state: 'detached' });
    await expect.poll(address).toBe(`${chat}?info`);
  });

  it('a message that was found is shown, and going back leads to what was found', async () => {
    await untilSearchable(visits.stage, 'tram');
    page = await visits.open('alice', phone);
    await openChat(page, 'Bob Lindqvist');
    await page.getByRole('button', { name: 'Search in this chat' }).tap();
    await page.getByRole('searchbox', { name: 'What to look for' }).fill('market hall');
    const hit = page.locator('.hit:visible').first();
    await hit.tap();
    await expect.poll(address).toMatch(/^[^?]+\?m=\d+$/);
    await messageOf(page, 'market hall').first().waitFor();
    await back();
    await hit.waitFor();
    expect(await page.getByRole('searchbox', { name: 'What to look for' }).inputValue()).toBe('market hall');
  });

  it('a menu stays when the keyboard goes because of it', async () => {
    page = await visits.open('alice', { ...phone, viewport: { width: 360, height: 400 } });
    await openChat(page, 'Saturday Hikes');
    await bubbles().last().tap();
    await menu().waitFor();
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByRole('menuitem', { name: 'Reply' }).tap();
    await page.getByText(/^Reply to/).waitFor();
  });

  it('the conversation says that there is no connection', async () => {
    page = await visits.open('alice', phone);
    await openChat(page, 'Saturday Hikes');
    await visits.stage.server.kill9();
    await page.getByRole('main').getByText('Connecting…').waitFor();
    await visits.stage.server.restart();
    await page.getByRole('main').getByText('Connecting…').waitFor({ state: 'detached', timeout: 60_000 });
  });
});
