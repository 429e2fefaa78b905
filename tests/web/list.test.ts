import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { makeGroup, password, signUp } from '../support/people.ts';
import { desktop, drag, openChat, phone, rowOf, titlesIn, untilSearchable } from './stage.ts';
import { useVisits } from './visits.ts';

describe.skipIf(missingBrowser !== undefined)('the list of chats', () => {
  const visits = useVisits();
  let page: Page;

  const choose = async (title: string, item: string): Promise<void> => {
    await rowOf(page, title).click({ button: 'right' });
    await page.getByRole('menuitem', { name: item, exact: true }).click();
  };
  const isPinned = (title: string): Promise<boolean> => titlesIn(page).then((titles) => titles[0] === title);

  it('is filed by its menu: read, pinned, muted, archived and brought back', async () => {
    page = await visits.open('alice', desktop);
    await choose('Carol Okafor', 'Mark as read');
    await rowOf(page, 'Carol Okafor').getByText('unread message').waitFor({ state: 'detached' });
    await choose('Book Club', 'Pin');
    await expect.poll(() => isPinned('Book Club')).toBe(true);
    await choose('Book Club', 'Mute');
    await rowOf(page, 'Book Club').getByText('Notifications off').waitFor({ state: 'attached' });
    await choose('Book Club', 'Unmute');
    await rowOf(page, 'Book Club').getByText('Notifications off').waitFor({ state: 'detached' });
    await choose('Elm Street News', 'Archive');
    await rowOf(page, 'Elm Street News').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Archive' }).click();
    await expect.poll(() => titlesIn(page)).toEqual(['Elm Street News']);
    await choose('Elm Street News', 'Move out of archive');
    await page.getByText('The archive is empty.').waitFor();
    await page.goBack();
    await rowOf(page, 'Elm Street News').waitFor();
    await choose('Elm Street News', 'Archive');
    await openChat(page, 'Book Club');
    const isOpen = () => page.getByRole('heading', { name: 'Book Club', level: 1 }).isVisible();
    const focused = () => page.locator(':focus').textContent();
    await page.getByRole('link', { name: 'Archive' }).press('Enter');
    await expect.poll(() => titlesIn(page)).toEqual(['Elm Street News']);
    expect([await isOpen(), await focused()]).toEqual([true, expect.stringContaining('Elm Street News')]);
    await page.goBack();
    await page.getByRole('link', { name: 'Archive' }).waitFor();
    expect([await isOpen(), await focused()]).toEqual([true, expect.stringContaining('Archive')]);
    await page.reload();
    await expect.poll(() => isPinned('Book Club')).toBe(true);
  });

  it('is moved through by keys alone', async () => {
    page = await visits.open('bob', desktop);
    const titles = await titlesIn(page);
    await page.getByRole('searchbox').press('ArrowDown');
    const focused = (): Promise<string | null> => page.locator('[data-row-link]:focus .title').textContent();
    expect(await focused()).toBe(titles[0]);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    expect(await focused()).toBe(titles[1]);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: titles[1]!, level: 1 }).waitFor();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    await page.keyboard.press('Alt+ArrowDown');
    await page.getByRole('heading', { name: titles[2]!, level: 1 }).waitFor();
    await page.keyboard.press('Alt+ArrowUp');
    await page.getByRole('heading', { name: titles[1]!, level: 1 }).waitFor();
  });

  it('has a menu for keys, which gives the focus back', async () => {
    page = await visits.open('bob', desktop);
    await page.getByRole('searchbox').press('ArrowDown');
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menu', { name: 'Chat actions' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator('[data-row-link]:focus').count()).toBe(1);
  });

  it('finds people, chats and messages, and leads to the message', async () => {
    await untilSearchable(visits.stage, 'whoever');
    page = await visits.open('alice', desktop);
    await page.getByRole('searchbox').fill('whoever is late');
    const hit = page.locator('.hit').first();
    await hit.waitFor();
    await page.getByRole('heading', { name: 'Messages' }).waitFor();
    await hit.click();
    await page.waitForURL(/\/app\/c\/[^?]+\?m=\d+/);
    await page.getByRole('region', { name: 'Messages' }).getByText('whoever is late').first().waitFor();
    await page.getByRole('searchbox').fill('lena');
    await page.getByRole('heading', { name: 'People' }).waitFor();
    await page.getByRole('searchbox').fill('hikes');
    await page.getByRole('heading', { name: 'Chats', level: 2 }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Saturday Hikes', level: 1 }).waitFor();
  });

  it('finds nothing by signs alone, and says so', async () => {
    page = await visits.open('alice', desktop);
    await page.getByRole('searchbox').fill('?!');
    await page.getByText('Nobody and nothing by that name.').waitFor();
  });

  it('says who types in a group that was not opened yet', async () => {
    const [alice, bob] = [await visits.openChat('alice', 'Saturday Hikes'), await visits.open('bob', desktop)];
    await alice.getByRole('textbox', { name: 'Message' }).fill('well,');
    await rowOf(bob, 'Saturday Hikes').getByText('Alice Moreau is typing…').waitFor();
    await alice.getByRole('textbox', { name: 'Message' }).fill('');
  });

  it('offers for a new group whom one talks with, and keeps those who are chosen', async () => {
    page = await visits.open('alice', desktop);
    await page.getByRole('button', { name: 'New chat' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Group', { exact: true }).click();
    await dialog.getByRole('button', { name: 'Bob Lindqvist' }).click();
    await dialog.getByLabel('Search people').fill('kofi');
    await dialog.getByRole('button', { name: 'Kofi Mensah' }).click();
    expect(await dialog.getByLabel('Search people').inputValue()).toBe('');
    await dialog.getByRole('button', { name: 'Carol Okafor' }).click();
    expect(await dialog.locator('[aria-pressed="true"]').count()).toBe(3);
    await dialog.getByLabel('Name', { exact: true }).fill('Three of us');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Three of us', level: 1 }).waitFor();
    await page.getByText('4 members').first().waitFor();
  });

  it('is filed by a finger, by a swipe to each side', async () => {
    page = await visits.open('alice', phone);
    await drag(page, rowOf(page, 'Elm Street 12'), 130);
    await expect.poll(() => isPinned('Elm Street 12')).toBe(true);
    await rowOf(page, 'Hana Mori').scrollIntoViewIfNeeded();
    await drag(page, rowOf(page, 'Hana Mori'), -130);
    await rowOf(page, 'Hana Mori').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Archive' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/app');
  });

  it('that was empty draws what comes in sight, and grows with the text', async () => {
    const { url } = visits.stage.server;
    const newcomer = await signUp(url, 'newcomer');
    page = await visits.stage.stranger(desktop);
    await page.goto('/login');
    await page.getByLabel('Username or e-mail').fill('newcomer');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('No chats yet').waitFor();
    for (let number = 0; number < 14; number += 1) await makeGroup(newcomer, [], `group ${number}`);
    await rowOf(page, 'group 0').waitFor();
    const height = (): Promise<number> =>
      page.evaluate(`(() => {
        const [first, second] = [...document.querySelectorAll('[data-chat-row]')].map((row) => row.getBoundingClientRect().top);
        return second - first;
      })()`);
    expect(await height()).toBe(72);
    await newcomer.http.call('settings.update', { body: { app: { textSize: 'larger' } } });
    await expect.poll(height).toBe(96);
    await page.context().close();
  });

  it('draws only what is in sight', async () => {
    page = await visits.open('alice', { viewport: { width: 1440, height: 300 } });
    const drawn = await page.locator('[data-row-link]').count();
    const size = Number(await page.locator('[aria-setsize]').first().getAttribute('aria-setsize'));
    expect(size).toBeGreaterThan(8);
    expect(drawn).toBeLessThanOrEqual(size);
    await page.getByRole('searchbox').press('ArrowDown');
    await page.keyboard.press('End');
    await expect.poll(() => page.locator('[data-row-link]:focus').count()).toBe(1);
    expect(await page.locator('li:has(:focus)').getAttribute('aria-posinset')).toBe(String(size));
  });

  it('gives larger text larger rows, at once', async () => {
    page = await visits.open('alice', desktop);
    await page.goto('/app/settings/appearance');
    const between = async (): Promise<number> => {
      const [first, second] = await Promise.all(
        [0, 1].map((index) => page.locator('[data-chat-row]').nth(index).boundingBox()),
      );
      return Math.round(second!.y - first!.y);
    };
    await page.getByRole('radio', { name: 'Larger' }).check({ force: true });
    await expect.poll(between).toBe(96);
    await page.getByRole('radio', { name: 'Normal' }).check({ force: true });
    await expect.poll(between).toBe(72);
  });
});
