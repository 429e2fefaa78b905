import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { heightForFinger, phone } from './stage.ts';
import { useVisits } from './visits.ts';

describe.skipIf(missingBrowser !== undefined)('reactions', () => {
  const { openChat } = useVisits();
  const last = (page: Page) => page.locator('[data-message]').last();
  const chip = (page: Page, emoji: string) => last(page).getByRole('button', { name: new RegExp(`^${emoji}:`) });
  const pressed = (page: Page, emoji: string) => chip(page, emoji).getAttribute('aria-pressed');

  it('are left from the menu, seen by others, joined and taken back by a click', async () => {
    const [alice, bob] = [await openChat('alice', 'Bob'), await openChat('bob', 'Alice')];
    await last(alice).locator('.bubble').click({ button: 'right' });
    await alice.getByRole('menuitemcheckbox', { name: 'React with ❤️' }).click();
    await expect.poll(() => pressed(alice, '❤️')).toBe('true');
    await chip(bob, '❤️').waitFor();
    expect(await pressed(bob, '❤️')).toBe('false');
    await chip(bob, '❤️').click();
    await last(alice).getByRole('button', { name: '❤️: 2 people' }).waitFor();
    await chip(alice, '❤️').click();
    await last(bob).getByRole('button', { name: '❤️: 1 person' }).waitFor();
    await chip(bob, '❤️').click();
    await chip(alice, '❤️').waitFor({ state: 'detached' });
  });

  it('made without a network show at once, and arrive as they were wished last', async () => {
    const [alice, bob] = [await openChat('alice', 'Bob'), await openChat('bob', 'Alice')];
    const react = async (emoji: string) => {
      await last(alice).locator('.bubble').click({ button: 'right' });
      await alice.getByRole('menuitemcheckbox', { name: `React with ${emoji}` }).click();
    };
    await alice.context().setOffline(true);
    await react('😮');
    await expect.poll(() => pressed(alice, '😮')).toBe('true');
    await react('🙏');
    await chip(alice, '🙏').click();
    await chip(alice, '🙏').waitFor({ state: 'detached' });
    expect(await chip(bob, '😮').count()).toBe(0);
    await alice.context().setOffline(false);
    await chip(bob, '😮').waitFor();
    await bob.waitForTimeout(300);
    expect(await last(bob).getByRole('button', { name: /^🙏:/ }).count()).toBe(0);
    await chip(alice, '😮').click();
    await chip(bob, '😮').waitFor({ state: 'detached' });
  });

  it('are chosen among all emoji by keys alone, and the focus comes back', async () => {
    const page = await openChat('alice', 'Book Club');
    await page.getByRole('region', { name: 'Messages' }).press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('menu', { name: 'Message actions' }).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.getByRole('menu', { name: 'Choose a reaction' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    const chosen = (await page.locator(':focus').textContent())!.trim();
    await page.keyboard.press('Enter');
    await chip(page, chosen).waitFor();
    expect(await page.locator('[data-message]:focus').count()).toBe(1);
  });

  it('appear above what is read without moving it', async () => {
    const [alice, bob] = [await openChat('alice', 'Saturday Hikes', phone), await openChat('bob', 'Saturday Hikes')];
    const bottomOf = async () => (await last(alice).boundingBox())!.y + (await last(alice).boundingBox())!.height;
    const before = await bottomOf();
    const earlier = bob.locator('[data-message]').nth(-2);
    await earlier.locator('.bubble').click({ button: 'right' });
    await bob.getByRole('menuitemcheckbox', { name: 'React with 👍' }).click();
    await alice.locator('[data-message]').nth(-2).getByRole('button', { name: /^👍:/ }).waitFor();
    expect(Math.abs((await bottomOf()) - before)).toBeLessThan(2);
    for (const control of ['.chip', '.author a'])
      expect(await heightForFinger(alice.locator(control).first()), control).toBeGreaterThanOrEqual(44);
  });
});
