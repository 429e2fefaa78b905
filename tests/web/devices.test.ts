import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { desktop, messageOf, openChat, phone, rowOf, say, textsIn, titlesIn } from './stage.ts';
import { useVisits } from './visits.ts';

describe.skipIf(missingBrowser !== undefined)('one person in several places', () => {
  const visits = useVisits();
  const sent = (page: Page, text: string) => messageOf(page, text).getByRole('img', { name: /^(Sent|Read)$/ });

  it('two tabs show the same, send in order, and end together', async () => {
    const tab = await visits.open('alice', desktop);
    await openChat(tab, 'Bob Lindqvist');
    const other = await tab.context().newPage();
    await other.goto(new URL(tab.url()).pathname);
    await other.locator('[data-message]').last().waitFor();
    await say(tab, 'from the first tab');
    await messageOf(other, 'from the first tab').waitFor();
    await tab.context().setOffline(true);
    await say(tab, 'one, offline');
    await messageOf(other, 'one, offline').getByRole('img', { name: 'Waiting to be sent' }).waitFor();
    await say(other, 'two, offline');
    await messageOf(tab, 'two, offline').getByRole('img', { name: 'Waiting to be sent' }).waitFor();
    await tab.context().setOffline(false);
    for (const page of [tab, other]) {
      await sent(page, 'two, offline').waitFor();
      expect((await textsIn(page)).slice(-3)).toEqual(['from the first tab', 'one, offline', 'two, offline']);
    }
    await tab.goto('/app/settings');
    await tab.getByRole('button', { name: 'Sign out' }).click();
    const sure = tab.getByRole('dialog').getByRole('button', { name: 'Sign out' });
    await tab.getByLabel('Username or e-mail').or(sure).waitFor();
    if (await sure.isVisible()) await sure.click();
    await tab.getByLabel('Username or e-mail').waitFor();
    await other.getByLabel('Username or e-mail').waitFor();
  });

  it('a phone and a computer follow each other: what is read, said, corrected, taken back and filed', async () => {
    const [computer, handheld] = [await visits.open('carol', desktop), await visits.open('carol', phone)];
    const bob = await visits.open('bob', desktop);
    await openChat(bob, 'Elm Street 12');
    await say(bob, 'news for carol');
    const badge = (page: Page) => rowOf(page, 'Elm Street 12').getByText(/unread message/);
    await badge(computer).waitFor();
    await badge(handheld).waitFor();
    await openChat(handheld, 'Elm Street 12');
    await messageOf(handheld, 'news for carol').waitFor();
    await badge(computer).waitFor({ state: 'detached' });
    await handheld.getByRole('textbox', { name: 'Message' }).fill('writen on the phone');
    await handheld.getByRole('button', { name: 'Send', exact: true }).tap();
    await openChat(computer, 'Elm Street 12');
    await sent(computer, 'writen on the phone').waitFor();
    await computer.getByRole('textbox', { name: 'Message' }).press('ArrowUp');
    await say(computer, 'written on the phone');
    for (const page of [handheld, bob]) await messageOf(page, 'written on the phone').getByText('edited').waitFor();
    await messageOf(computer, 'written on the phone').locator('.bubble').click({ button: 'right' });
    await computer.getByRole('menuitem', { name: 'Delete' }).click();
    await computer.getByRole('button', { name: 'Delete for me' }).click();
    await messageOf(handheld, 'written on the phone').waitFor({ state: 'detached' });
    expect(await messageOf(bob, 'written on the phone').count()).toBe(1);
    await handheld.goBack();
    for (const page of [handheld, computer]) await rowOf(page, 'Elm Street 12').getByText('news for carol').waitFor();
    await rowOf(computer, 'Elm Street 12').click({ button: 'right' });
    await computer.getByRole('menuitem', { name: 'Pin', exact: true }).click();
    await expect.poll(async () => (await titlesIn(handheld))[0]).toBe('Elm Street 12');
  });
});
