import { createHttp, type Http } from '@parley/client';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { httpOf } from '../support/people.ts';
import { barriersOn } from './barriers.ts';
import { desktop, messageOf, phone, rowOf } from './stage.ts';
import { useVisits } from './visits.ts';

describe.skipIf(missingBrowser !== undefined)('mentions', () => {
  const visits = useVisits();
  const { open } = visits;
  let alice: Http['call'];
  let bob: Http['call'];
  let groups = 0;
  let title: string;
  let chatId: string;

  beforeAll(async () => {
    [alice, bob] = (await Promise.all(['alice', 'bob'].map(callAs))) as [Http['call'], Http['call']];
  });

  async function callAs(username: string): Promise<Http['call']> {
    const { url } = visits.stage.server;
    const login = await createHttp({ baseUrl: url }).call('auth.login', { body: { username, password: 'testpass' } });
    return httpOf(url, login).call;
  }

  /** A group of alice's with bob and carol, in which somebody has said something. */
  async function buildGroup(): Promise<void> {
    groups += 1;
    title = `Asked ${groups}`;
    const found = await Promise.all(
      ['bob', 'carol'].map((username) => alice('users.byUsername', { params: { username } })),
    );
    const memberIds = found.map(({ id }) => id);
    ({ id: chatId } = await alice('chats.create', { body: { type: 'group', title, memberIds } }));
    await tell('Who is there?');
  }
  const tell = (content: string) => alice('messages.send', { params: { chatId }, body: { content } });

  const enter = async (page: Page): Promise<Locator> => {
    await rowOf(page, title).click();
    await page.locator('[data-message]').last().waitFor();
    return page.getByRole('textbox', { name: 'Message' });
  };
  const options = (page: Page) => page.getByRole('listbox', { name: 'Who is meant' }).getByRole('option');
  const chosen = (page: Page) => options(page).and(page.locator('[aria-selected="true"]'));
  const badge = (page: Page) => rowOf(page, title).getByText('1 mention of you');

  it('are suggested as one types, and chosen by keys alone', async () => {
    await buildGroup();
    const page = await open('alice');
    const field = await enter(page);
    await field.pressSequentially('you, @');
    await expect.poll(() => options(page).count()).toBe(2);
    expect(await page.getByRole('status').filter({ hasText: '2 people to mention' }).count()).toBe(1);
    await field.press('ArrowDown');
    await expect.poll(() => chosen(page).textContent()).toContain('@carol');
    expect(await field.getAttribute('aria-activedescendant')).toBe(await chosen(page).getAttribute('id'));
    await field.press('ArrowUp');
    await expect.poll(() => chosen(page).textContent()).toContain('@bob');
    await field.press('Tab');
    expect(await field.inputValue()).toBe('you, @bob ');
    await field.pressSequentially('and @lindq');
    await chosen(page).waitFor();
    await field.press('Escape');
    await options(page).waitFor({ state: 'detached' });
    await field.press('Backspace');
    expect(await options(page).count()).toBe(0);
    for (let left = '@lind'.length; left > 0; left -= 1) await field.press('Backspace');
    await field.pressSequentially('@oka');
    await chosen(page).waitFor();
    await field.press('Enter');
    expect(await field.inputValue()).toBe('you, @bob and @carol ');
    await field.press('Enter');
    await messageOf(page, 'you, @bob and @carol').getByRole('link', { name: '@carol' }).waitFor();
    await field.pressSequentially('mail@bo');
    expect(await options(page).count()).toBe(0);
  });

  it('are chosen by a finger, and suggested between two people never', async () => {
    await buildGroup();
    const page = await open('alice', phone);
    const field = await enter(page);
    await field.pressSequentially('@');
    await options(page).filter({ hasText: '@carol' }).tap();
    expect(await field.inputValue()).toBe('@carol ');
    expect(await page.locator('textarea:focus').count()).toBe(1);
    await page.goto('/app');
    await rowOf(page, 'Bob Lindqvist').click();
    await page.locator('[data-message]').last().waitFor();
    await field.pressSequentially('@');
    await page.waitForTimeout(300);
    expect(await options(page).count()).toBe(0);
  });

  it('show in the list, also of a muted chat, and lead to the person', async () => {
    await buildGroup();
    const page = await open('bob');
    await bob('chats.mute', { params: { chatId }, body: {} });
    expect(await badge(page).count()).toBe(0);
    const { id: messageId } = (await tell('@bob and @carol, tea? Not @nobody')) as { id: string };
    await badge(page).waitFor({ state: 'attached' });
    await alice('messages.edit', { params: { chatId, messageId }, body: { content: '@carol, tea?' } });
    await badge(page).waitFor({ state: 'detached' });
    await alice('messages.edit', {
      params: { chatId, messageId },
      body: { content: '@bob and @carol, tea, not @nobody?' },
    });
    await badge(page).waitFor({ state: 'attached' });
    await page.reload();
    await badge(page).waitFor({ state: 'attached' });
    await enter(page);
    await badge(page).waitFor({ state: 'detached' });
    const links = messageOf(page, 'tea, not').getByRole('link');
    expect(await links.allTextContents()).toEqual(['@bob', '@carol']);
    expect(await links.first().getAttribute('class')).toContain('me');
    await links.last().click();
    await page.getByRole('dialog').getByText('Carol Okafor').first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await messageOf(page, 'tea, not')
      .locator('.bubble')
      .click({ modifiers: ['Control'], position: { x: 4, y: 4 } });
    await links.last().click();
    await page.getByRole('toolbar', { name: 'Selected messages' }).waitFor({ state: 'detached' });
    await page.waitForTimeout(300);
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('far from where one reads are a click away', async () => {
    await buildGroup();
    await bob('chats.read', { params: { chatId }, body: {} });
    for (let index = 0; index < 30; index += 1) await tell(`word ${index}`);
    await tell('and you, @bob?');
    for (let index = 0; index < 30; index += 1) await tell(`later ${index}`);
    const page = await open('bob');
    await enter(page);
    const next = page.getByRole('button', { name: 'To the next mention of you' });
    await next.click();
    await messageOf(page, 'and you').getByRole('link', { name: '@bob' }).waitFor();
    await next.waitFor({ state: 'detached' });
    expect((await bob('chats.get', { params: { chatId } })).unreadCount).toBeGreaterThan(0);
  });

  it.each(['light', 'dark'] as const)('have no barriers: %s', async (colorScheme) => {
    await buildGroup();
    await tell('@alice and @bob');
    const page = await open('bob', { ...desktop, colorScheme });
    const field = await enter(page);
    await field.pressSequentially('@alice and @bob');
    await field.press('Enter');
    await messageOf(page, '@alice and @bob').nth(1).getByRole('link').first().waitFor();
    for (const accent of ['teal', 'green', 'blue', 'indigo', 'violet', 'rose', 'amber', 'slate']) {
      await page.evaluate(`document.documentElement.dataset.accent = '${accent}'`);
      expect(await barriersOn(page, 'color-contrast'), accent).toEqual([]);
    }
    await field.pressSequentially('@');
    await options(page).first().waitFor();
    expect(await barriersOn(page)).toEqual([]);
  });
});
