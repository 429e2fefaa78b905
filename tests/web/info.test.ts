import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { desktop, faultsOf, openStage, phone, rowOf, type Stage, tablet } from './stage.ts';

describe.skipIf(missingBrowser !== undefined)('what is known of a chat and its people', () => {
  let stage: Stage;
  let alice: Page;
  let bob: Page;

  beforeAll(async () => {
    stage = await openStage();
    [alice, bob] = await Promise.all([stage.open('alice', desktop), stage.open('bob', phone)]);
  }, 180_000);
  afterAll(() => stage?.close());

  const panel = (page: Page) => page.getByRole('complementary', { name: 'Info' });

  it('opens beside the conversation, by its header, and closes by going back', async () => {
    await rowOf(alice, 'Saturday Hikes').click();
    await alice.getByRole('button', { name: 'Saturday Hikes' }).click();
    await panel(alice).getByRole('heading', { name: '7 members' }).waitFor();
    const [chat, info] = [await alice.getByRole('main').boundingBox(), await panel(alice).boundingBox()];
    expect(chat!.x + chat!.width).toBeLessThanOrEqual(info!.x + 1);
    await alice.setViewportSize(tablet.viewport!);
    await expect.poll(() => alice.locator('main[inert]').count()).toBe(1);
    await alice.setViewportSize(desktop.viewport!);
    await expect.poll(() => alice.locator('main[inert]').count()).toBe(0);
    await alice.goBack();
    await panel(alice).waitFor({ state: 'detached' });
    await alice.goForward();
    await panel(alice).waitFor();
    await alice.keyboard.press('Escape');
    await panel(alice).waitFor({ state: 'detached' });
    expect(await alice.locator('[data-opens="info"]:focus').count()).toBe(1);
  });

  it('is changed by its owner, and everybody sees it', async () => {
    await alice.getByRole('button', { name: 'Saturday Hikes' }).click();
    await panel(alice).getByRole('button', { name: 'Edit' }).click();
    await panel(alice).getByLabel('Name', { exact: true }).fill('Sunday Hikes');
    await panel(alice).getByLabel('Description').fill('Up the hill, and down again.');
    await panel(alice).getByLabel('Public name').fill('no spaces');
    await panel(alice).getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => panel(alice).locator('[aria-invalid="true"]').count()).toBe(1);
    await panel(alice).getByLabel('Public name').fill('sunday_hikes');
    await panel(alice).getByRole('button', { name: 'Save' }).click();
    await panel(alice).getByText('Up the hill, and down again.').waitFor();
    await rowOf(bob, 'Sunday Hikes').waitFor();
  });

  it('gives and takes roles, adds and removes people', async () => {
    await panel(alice).getByRole('button', { name: 'Actions for Bob Lindqvist' }).click();
    await alice.getByRole('menuitem', { name: 'Make admin' }).click();
    await panel(alice)
      .getByRole('button', { name: /Bob Lindqvist.*admin/ })
      .waitFor();
    await panel(alice).getByRole('button', { name: 'Add people' }).click();
    const offered = alice.getByRole('dialog').getByRole('button');
    await offered.filter({ hasText: '@julia' }).waitFor();
    expect(await offered.filter({ hasText: '@bob' }).count()).toBe(0);
    await alice.getByLabel('Search people').fill('lena');
    await alice.getByRole('button', { name: '@lena' }).click();
    await alice.getByRole('button', { name: 'Add 1 person' }).click();
    await panel(alice).getByRole('heading', { name: '8 members' }).waitFor();
    await panel(alice).getByRole('button', { name: 'Actions for Lena Vogel' }).click();
    await alice.getByRole('menuitem', { name: 'Remove from chat' }).click();
    await alice.getByRole('dialog').getByRole('button', { name: 'Remove from chat' }).click();
    await panel(alice).getByRole('heading', { name: '7 members' }).waitFor();
  });

  it('shows a person, and leads to the chat with them', async () => {
    await panel(alice)
      .getByRole('button', { name: /Hana Mori/ })
      .first()
      .click();
    const sheet = alice.getByRole('dialog', { name: 'Profile' });
    await sheet.getByText('@hana').waitFor();
    await sheet.getByRole('button', { name: 'Message', exact: true }).click();
    await alice.getByRole('heading', { name: 'Hana Mori', level: 1 }).waitFor();
    await sheet.waitFor({ state: 'detached' });
    await alice.goto('/@carol');
    await alice.getByRole('dialog', { name: 'Profile' }).getByText('@carol').waitFor();
    await alice.keyboard.press('Escape');
  });

  it('is a page of its own on a phone, out of which one leaves the chat', async () => {
    await rowOf(bob, 'Band practice').click();
    await bob.getByRole('button', { name: 'Band practice' }).click();
    await panel(bob).getByRole('button', { name: 'Leave' }).click();
    await bob.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
    await rowOf(bob, 'Elm Street 12').waitFor();
    await expect.poll(() => rowOf(bob, 'Band practice').count()).toBe(0);
  });

  it('is found by its public name', async () => {
    await bob.goto('/c/sunday_hikes');
    await bob.getByText('7 members').waitFor();
    await bob.getByRole('button', { name: 'Open' }).click();
    await bob.getByRole('heading', { name: 'Sunday Hikes', level: 1 }).waitFor();
  });

  it('is deleted for everyone by its owner, also under the eyes of whoever reads it', async () => {
    await rowOf(alice, 'Sunday Hikes').click({ button: 'right' });
    await alice.getByRole('menuitem', { name: 'Delete chat' }).click();
    await alice.getByRole('dialog').getByRole('button', { name: 'Delete chat' }).click();
    await rowOf(alice, 'Sunday Hikes').waitFor({ state: 'detached' });
    await bob.getByText('This chat is not there any more').waitFor();
    expect([...faultsOf(alice), ...faultsOf(bob)]).toEqual([]);
  });
});
