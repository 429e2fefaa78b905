import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { phone } from './stage.ts';
import { useVisits } from './visits.ts';

describe.skipIf(missingBrowser !== undefined)('pins and forwards', () => {
  const { openChat } = useVisits();
  const choose = async (page: Page, place: number, item: string): Promise<string> => {
    const row = page.locator('[data-message]').nth(place);
    const text = (await row.locator('.bubble > .text').textContent())!.trim();
    await row.locator('.bubble').click({ button: 'right' });
    await page.getByRole('menuitem', { name: item, exact: true }).click();
    return text;
  };
  const bar = (page: Page) => page.getByRole('region', { name: 'Pinned messages' });

  it('a pin is held up for all, leads to its message, and comes down', async () => {
    const [alice, bob] = [await openChat('alice', 'Bob'), await openChat('bob', 'Alice', phone)];
    // The browser may tell of scrolling before it tells of the new height.
    await bob.evaluate(`new MutationObserver(() => document.querySelector('.viewport').dispatchEvent(new Event('scroll')))
      .observe(document.body, { childList: true, subtree: true })`);
    const beneath = () =>
      bob.locator('.viewport').evaluate((view) => view.scrollHeight - view.scrollTop - view.clientHeight);
    const first = await choose(alice, -2, 'Pin');
    await bar(bob).getByText(first).waitFor();
    await expect.poll(beneath).toBeLessThan(2);
    const second = await choose(alice, -3, 'Pin');
    await bar(bob).getByText('Pinned message 2 of 2').waitFor();
    await bar(bob).getByText(second).click();
    await bob.locator('.flash').getByText(second).waitFor();
    await bar(bob).getByText(first).waitFor();
    await bar(bob).getByRole('button', { name: 'All pinned messages' }).click();
    const listed = bob.getByRole('dialog', { name: 'Pinned messages' });
    await listed.getByText(second).waitFor();
    await listed.getByRole('button', { name: 'Unpin' }).first().click();
    await listed.getByText(second).waitFor({ state: 'detached' });
    await bob.keyboard.press('Escape');
    await bar(alice).getByRole('button', { name: 'Unpin' }).click();
    await alice.getByRole('dialog', { name: 'Pinned message' }).getByRole('button', { name: 'Unpin' }).click();
    await bar(bob).waitFor({ state: 'detached' });
  });

  it('a message goes to the chats that are chosen, with a word on whose it is', async () => {
    const page = await openChat('alice', 'Saturday Hikes');
    const text = await choose(page, -1, 'Forward');
    const dialog = page.getByRole('dialog', { name: 'Forward 1 message' });
    await dialog.getByRole('searchbox').fill('saved');
    await dialog.getByRole('button', { name: 'Saved Messages' }).click();
    await dialog.getByRole('searchbox').fill('book');
    await dialog.getByRole('button', { name: 'Book Club' }).click();
    await dialog.getByRole('button', { name: 'Forward to 2 chats' }).click();
    await page.getByText('Forwarded to 2 chats').waitFor();
    for (const title of ['Saved Messages', 'Book Club']) {
      await page.locator('[data-row-link]', { has: page.locator('.title', { hasText: title }) }).click();
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      const last = page.locator('[data-message]').last();
      await last.getByText('Forwarded from').waitFor();
      await last.getByText(text).waitFor();
    }
  });
});
