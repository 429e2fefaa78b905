import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { messageOf, say } from './stage.ts';
import { useVisits } from './visits.ts';

describe.skipIf(missingBrowser !== undefined)('whoever listens', () => {
  const visits = useVisits();
  const heard = (page: Page): Promise<string[]> => page.getByRole('log').locator('p').allTextContents();

  it('hears what comes and that one’s own is sent, also when the same is said twice', async () => {
    const [alice, bob] = [
      await visits.openChat('alice', 'Bob Lindqvist'),
      await visits.openChat('bob', 'Alice Moreau'),
    ];
    await say(bob, 'twice');
    await say(bob, 'twice');
    await expect.poll(() => heard(alice)).toEqual(['Bob Lindqvist: twice', 'Bob Lindqvist: twice']);
    await say(alice, 'once');
    await expect.poll(async () => (await heard(alice)).at(-1)).toBe('Sent');
  });

  it('is told whose a message is wherever it stands, and how many are chosen', async () => {
    const page = await visits.openChat('alice', 'Bob Lindqvist');
    await say(page, 'the first of two');
    await say(page, 'the second of two');
    const second = messageOf(page, 'the second of two').and(page.locator('[data-message]'));
    await second.getByRole('img', { name: 'Sent' }).waitFor();
    await second.focus();
    await expect
      .poll(() => page.locator(':focus').ariaSnapshot())
      .toMatch(/^- 'listitem "You: the second of two .* Sent"'/);
    await page.keyboard.press('Space');
    await page.getByRole('status').filter({ hasText: '1 selected' }).waitFor({ state: 'attached' });
  });

  it('finds every dialog begun at what it is for, and lists of one stop', async () => {
    const page = await visits.openChat('alice', 'Saturday Hikes');
    const focused = () =>
      page.evaluate<string>(`document.activeElement.labels?.[0]?.textContent.trim() ?? document.activeElement.tagName`);
    await page.getByRole('button', { name: 'New chat' }).press('Enter');
    await expect.poll(focused).toBe('Search people');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.locator('.people :focus').count()).toBe(1);
    await page.keyboard.press('Tab');
    expect(await page.locator('.people :focus').count()).toBe(0);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('F6');
    await page.locator('textarea:focus').waitFor();
  });
});
