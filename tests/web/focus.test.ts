import { createHttp } from '@parley/client';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { httpOf } from '../support/people.ts';
import { type Furnished, furnish } from './furnish.ts';
import { desktop, faultsOf, openStage, type Stage } from './stage.ts';

describe.skipIf(missingBrowser !== undefined)('a row whose own button removes it hands the focus on', () => {
  let stage: Stage;
  let furnished: Furnished;
  let page: Page;

  beforeAll(async () => {
    stage = await openStage();
    furnished = await furnish(stage.server.url);
  }, 180_000);
  afterAll(() => stage?.close());
  afterEach(async () => {
    expect(faultsOf(page)).toEqual([]);
    await page.context().close();
  });

  async function go(address: string): Promise<void> {
    page = await stage.open('alice', desktop);
    await page.goto(address);
  }
  async function pressOn(button: Locator): Promise<void> {
    await button.focus();
    await page.keyboard.press('Enter');
  }
  const untilFocused = (locator: Locator) => expect.poll(() => locator.and(page.locator(':focus')).count()).toBe(1);

  it('of those who are blocked: to the next, and then to the heading', async () => {
    const login = await createHttp({ baseUrl: stage.server.url }).call('auth.login', {
      body: { username: 'alice', password: 'testpass' },
    });
    const { call } = httpOf(stage.server.url, login);
    const ivan = (await call('users.search', { query: { q: 'ivan' } })).items[0]!;
    await call('blocks.add', { params: { userId: ivan.id } });
    await go('/app/settings/privacy');
    const rows = page.locator('.person');
    await expect.poll(() => rows.count()).toBe(2);
    await pressOn(rows.first().getByRole('button'));
    await expect.poll(() => rows.count()).toBe(1);
    await untilFocused(rows.getByRole('button'));
    await page.keyboard.press('Enter');
    await untilFocused(page.getByRole('heading', { name: 'Blocked people' }));
  });

  it('of pins: to the next, and then to the heading of the conversation', async () => {
    await go(`/app/c/${furnished.chatId}`);
    await page.getByRole('button', { name: 'All pinned messages' }).click();
    const rows = page.getByRole('dialog').getByRole('listitem');
    const unpin = rows.getByRole('button', { name: 'Unpin' });
    await pressOn(unpin.first());
    await expect.poll(() => rows.count()).toBe(1);
    await untilFocused(unpin);
    await page.keyboard.press('Enter');
    await untilFocused(page.getByRole('heading', { level: 1, name: 'Saturday Hikes' }));
  });

  it('of people who ask to be let in: to the heading of what they stood in', async () => {
    await go(`/app/c/${furnished.chatId}?info`);
    await pressOn(page.locator('section.requests .approve'));
    await page.locator('section.requests').waitFor({ state: 'detached' });
    const info = page.getByRole('complementary', { name: 'Info' });
    await untilFocused(info.getByRole('heading').first());
  });

  it('of links: to the next', async () => {
    await go(`/app/c/${furnished.chatId}?info`);
    const rows = page.locator('.invites li');
    const revoke = rows.getByRole('button', { name: 'Withdraw link' });
    await revoke.first().waitFor();
    const before = await revoke.count();
    await pressOn(revoke.first());
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw link' }).click();
    await expect.poll(() => revoke.count()).toBe(before - 1);
    await untilFocused(revoke.first());
  });

  it('of devices: to the next', async () => {
    await go('/app/settings/sessions');
    const end = page.getByRole('button', { name: 'Sign out this device' });
    await end.first().waitFor();
    const before = await end.count();
    await pressOn(end.first());
    await expect.poll(() => end.count()).toBe(before - 1);
    await untilFocused(end.first());
  });
});
