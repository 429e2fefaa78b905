import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { drag, messageOf, phone, press, say } from './stage.ts';
import { useVisits } from './visits.ts';

describe.skipIf(missingBrowser !== undefined)('messages in the hand', () => {
  const visits = useVisits();
  const bubble = (page: Page, text: string) => messageOf(page, text).locator('.bubble');
  const bar = (page: Page) => page.getByRole('toolbar', { name: 'Selected messages' });
  const isIn = (page: Page, text: string) => messageOf(page, text).getByRole('checkbox').isChecked();

  it('several are chosen with the mouse, copied, and deleted for everyone', async () => {
    const [alice, bob] = [await visits.openChat('alice', 'Bob Lindqvist'), await visits.openChat('bob', 'Alice')];
    await alice.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    for (const text of ['first of three', 'second of three', 'third of three']) await say(alice, text);
    await messageOf(alice, 'third of three')
      .getByRole('img', { name: /Sent|Read/ })
      .waitFor();
    await bubble(alice, 'first of three').click({ button: 'right' });
    await alice.getByRole('menuitem', { name: 'Select' }).click();
    await bar(alice).getByText('1 selected').waitFor();
    await bubble(alice, 'second of three').click();
    await messageOf(alice, 'third of three').getByRole('checkbox').click();
    await bar(alice).getByText('3 selected').waitFor();
    await bubble(alice, 'third of three').click();
    expect(await isIn(alice, 'third of three')).toBe(false);
    await bar(alice).getByRole('button', { name: 'Copy' }).click();
    await bar(alice).waitFor({ state: 'detached' });
    const copied = await alice.evaluate<string>('navigator.clipboard.readText()');
    expect(copied).toMatch(/first of three.*second of three/s);
    expect(copied).not.toContain('third of three');

    await bubble(alice, 'first of three').click({ modifiers: ['Control'] });
    await bubble(alice, 'second of three').click();
    await bar(alice).getByRole('button', { name: 'Delete' }).click();
    await alice.getByRole('dialog').getByRole('button', { name: 'Delete for everyone' }).click();
    for (const page of [alice, bob]) {
      await messageOf(page, 'first of three').waitFor({ state: 'detached' });
      await messageOf(page, 'second of three').waitFor({ state: 'detached' });
      await messageOf(page, 'third of three').waitFor();
    }
    expect(await alice.locator('[aria-label="Messages"]:focus').count()).toBe(1);
  });

  it('is answered and written by the mouse; what is typed while no field has the focus is meant for it', async () => {
    const [alice, bob] = [await visits.openChat('alice', 'Bob Lindqvist'), await visits.openChat('bob', 'Alice')];
    const field = alice.getByRole('textbox', { name: 'Message' });
    await say(bob, 'who answers by hand?');
    await bubble(alice, 'who answers by hand?').hover();
    await messageOf(alice, 'who answers by hand?').getByRole('button', { name: 'Reply' }).click();
    await alice.getByText('Reply to Bob Lindqvist').waitFor();
    await alice.getByRole('button', { name: 'Emoji' }).click();
    for (const emoji of ['😀', '😄']) await alice.getByRole('menuitem', { name: emoji, exact: true }).click();
    expect(await field.inputValue()).toBe('😀😄');
    await alice.keyboard.press('Escape');
    await expect.poll(() => alice.locator('textarea:focus').count()).toBe(1);
    await alice.getByRole('heading', { level: 1 }).last().click();
    await alice.keyboard.type('me');
    expect(await field.inputValue()).toBe('😀😄me');
    await alice.getByRole('button', { name: 'Send', exact: true }).click();
    await messageOf(bob, '😀😄me').getByText('who answers by hand?').waitFor();
  });

  it('whose it is can be asked of the name and of the picture', async () => {
    const page = await visits.openChat('alice', 'Saturday Hikes');
    const profile = page.getByRole('dialog', { name: 'Profile' });
    await page.locator('.author').last().getByRole('link').click();
    await profile.getByText('@bob').waitFor();
    await page.keyboard.press('Escape');
    await profile.waitFor({ state: 'detached' });
    await page.locator('.row .avatar').last().click();
    await profile.getByText('@bob').waitFor();
  });

  it('one that somebody else deletes is not chosen any more, and Escape ends choosing', async () => {
    const [alice, bob] = [await visits.openChat('alice', 'Bob Lindqvist'), await visits.openChat('bob', 'Alice')];
    await say(alice, 'soon gone');
    await say(alice, 'here to stay');
    await messageOf(bob, 'here to stay').waitFor();
    await bubble(bob, 'soon gone').click({ modifiers: ['Control'] });
    await bubble(bob, 'here to stay').click();
    await bar(bob).getByText('2 selected').waitFor();
    await bubble(alice, 'soon gone').click({ button: 'right' });
    await alice.getByRole('menuitem', { name: 'Delete' }).click();
    await alice.getByRole('dialog', { name: 'Delete this message?' }).waitFor();
    expect(await messageOf(alice, 'soon gone').count()).toBe(1);
    await alice.getByRole('button', { name: 'Delete for everyone' }).click();
    await bar(bob).getByText('1 selected').waitFor();
    await bob.keyboard.press('Escape');
    await bar(bob).waitFor({ state: 'detached' });
  });

  it('a finger that stays chooses, further taps choose more, and the end of it is not a tap', async () => {
    const page = await visits.openChat('alice', 'Bob Lindqvist', phone);
    await page.getByRole('textbox', { name: 'Message' }).fill('held');
    await page.getByRole('button', { name: 'Send', exact: true }).tap();
    await page.getByRole('textbox', { name: 'Message' }).fill('tapped');
    await page.getByRole('button', { name: 'Send', exact: true }).tap();
    await messageOf(page, 'tapped')
      .getByRole('img', { name: /Sent|Read/ })
      .waitFor();
    await press(page, bubble(page, 'held'), () => bar(page).getByText('1 selected').waitFor());
    expect(await isIn(page, 'held')).toBe(true);
    expect(await page.getByRole('menu').count()).toBe(0);
    await bubble(page, 'tapped').tap();
    await bar(page).getByText('2 selected').waitFor();
    await bubble(page, 'held').tap();
    await bubble(page, 'tapped').tap();
    await bar(page).waitFor({ state: 'detached' });
    await bubble(page, 'tapped').tap();
    await page.getByRole('menu', { name: 'Message actions' }).waitFor();
  });

  it.each([
    ['from left to right', '', -130],
    ['from right to left', '?lang=pseudo-rtl', 130],
  ])('a message drawn aside is replied to, where lines go %s', async (_how, query, by) => {
    const page = await visits.openChat('bob', 'Alice', phone);
    const text = `answer me ${by}`;
    const alice = await visits.openChat('alice', 'Bob Lindqvist');
    await say(alice, text);
    await page.goto(new URL(page.url()).pathname + query);
    await messageOf(page, text)
      .or(page.locator('[data-row]', { hasText: text }))
      .first()
      .waitFor();
    const pulled = page.locator('[data-row]', { hasText: text }).locator('.bubble');
    await drag(page, pulled, by / 5);
    expect(await page.locator('.strip').count()).toBe(0);
    await drag(page, pulled, by);
    await page.locator('.strip', { hasText: text }).waitFor();
    expect(await page.locator('textarea:focus').count()).toBe(1);
    await page.locator('textarea').fill(`answered ${by}`);
    await page.locator('form.composer button[type="submit"]').tap();
    await messageOf(alice, `answered ${by}`).getByRole('button', { name: text }).waitFor();
  });
});
