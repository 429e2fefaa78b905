import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { desktop, drag, messageOf, openChat, phone, rowOf } from './stage.ts';
import { useVisits } from './visits.ts';

describe.skipIf(missingBrowser !== undefined)('the panes of the app', () => {
  const visits = useVisits();
  let page: Page;

  const edge = () => page.getByRole('separator', { name: 'Width of the list' });
  const width = async (): Promise<number> => Math.round((await page.getByRole('navigation').boundingBox())!.width);
  const drawEdge = async (by: number): Promise<void> => {
    const { x, y } = (await edge().boundingBox())!;
    await page.mouse.move(x + 4, y + 200);
    await page.mouse.down();
    await page.mouse.move(x + 4 + by, y + 220, { steps: 5 });
    await page.mouse.up();
  };

  it('the list is as wide as one draws it, within bounds, also after a reload', async () => {
    page = await visits.open('alice', desktop);
    expect(await width()).toBe(360);
    await drawEdge(70);
    expect(await width()).toBe(430);
    await drawEdge(400);
    expect(await width()).toBe(480);
    await page.reload();
    await page.locator('[data-row-link]').first().waitFor();
    expect(await width()).toBe(480);
    await edge().focus();
    await page.keyboard.press('ArrowLeft');
    expect(await width()).toBe(464);
    await page.keyboard.press('Home');
    expect([await width(), await edge().getAttribute('aria-valuenow')]).toEqual([280, '280']);
    await edge().dblclick();
    expect(await width()).toBe(360);
  });

  it('where lines go from right to left, the list is drawn and moved to the other side', async () => {
    page = await visits.open('alice', desktop);
    await page.goto('/app?lang=pseudo-rtl');
    await page.locator('[data-row-link]').first().waitFor();
    const separator = page.getByRole('separator');
    const { x, y } = (await separator.boundingBox())!;
    await page.mouse.move(x + 4, y + 200);
    await page.mouse.down();
    await page.mouse.move(x - 46, y + 200, { steps: 4 });
    await page.mouse.up();
    expect(await width()).toBe(410);
    await separator.focus();
    await page.keyboard.press('ArrowRight');
    expect(await width()).toBe(394);
  });

  it.each([
    ['', 4, 1],
    ['?lang=pseudo-rtl', 356, -1],
  ])('a finger from the edge draws the conversation aside and goes back to the list %s', async (query, x, way) => {
    page = await visits.open('alice', phone);
    await openChat(page, 'Saturday Hikes');
    await page.goto(new URL(page.url()).pathname + query);
    await page.locator('[data-message]').last().waitFor();
    const path = () => new URL(page.url()).pathname;
    await drag(page, { x, y: 400 }, 60 * way);
    await page.locator('.drawn').waitFor({ state: 'detached' });
    expect(path()).toMatch(/^\/app\/c\//);
    await drag(page, { x: x + 80 * way, y: 400 }, 200 * way);
    expect(path()).toMatch(/^\/app\/c\//);
    await drag(page, { x, y: 400 }, 220 * way);
    await expect.poll(path).toBe('/app');
    await page.locator('[data-row-link]').first().waitFor();
    expect(await page.locator('.strip').count()).toBe(0);
  });

  it('what lies over a conversation goes first, and the pages of the settings lead to their menu', async () => {
    page = await visits.open('alice', phone);
    await openChat(page, 'Saturday Hikes');
    await page.getByRole('button', { name: 'Saturday Hikes' }).tap();
    const info = page.getByRole('complementary', { name: 'Info' });
    await info.getByRole('heading', { name: '7 members' }).waitFor();
    await drag(page, { x: 4, y: 400 }, 220);
    await info.waitFor({ state: 'detached' });
    await page.getByRole('heading', { level: 1, name: 'Saturday Hikes' }).waitFor();
    await page.goto('/app/settings/about');
    await page.getByRole('link', { name: 'For programs' }).waitFor();
    await drag(page, { x: 4, y: 400 }, 220);
    await page.getByRole('link', { name: 'Appearance' }).waitFor();
    await drag(page, { x: 4, y: 400 }, 220);
    await rowOf(page, 'Book Club').waitFor();
  });

  it('a button back looks as the finger does, and the list is beneath', async () => {
    page = await visits.open('alice', phone);
    await openChat(page, 'Saturday Hikes');
    await page.evaluate(`
      globalThis.slides = [];
      addEventListener('transitionstart', ({ target }) => {
        if (target.matches('.drawn')) slides.push(document.querySelector('[data-row-link]').checkVisibility());
      });
    `);
    await page.getByRole('button', { name: 'Back' }).tap();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/app');
    await rowOf(page, 'Book Club').waitFor();
    expect(await page.evaluate('slides')).toEqual([true]);
    await page.locator('.drawn').waitFor({ state: 'detached' });
  });

  it('nothing follows the finger where movement is not wanted', async () => {
    page = await visits.open('alice', { ...phone, reducedMotion: 'reduce' });
    await openChat(page, 'Saturday Hikes');
    await page.evaluate(`
      globalThis.moved = 0;
      new MutationObserver(() => {
        const { transform } = getComputedStyle(document.querySelector('main'));
        if (transform !== 'none' && transform !== 'matrix(1, 0, 0, 1, 0, 0)') moved += 1;
      }).observe(document.querySelector('.shell'), { attributes: true, subtree: true });
    `);
    await drag(page, { x: 4, y: 400 }, 220);
    await expect.poll(() => new URL(page.url()).pathname).toBe('/app');
    expect(await page.evaluate('moved')).toBe(0);
  });

  it('Enter begins a new line where that was chosen, on all devices, and Ctrl+Enter sends', async () => {
    page = await visits.open('carol', desktop);
    await page.goto('/app/settings/appearance');
    await page.getByRole('switch', { name: /^Enter sends/ }).uncheck();
    const other = await visits.open('carol', desktop);
    await other.goto('/app/settings/appearance');
    await expect.poll(() => other.getByRole('switch', { name: /^Enter sends/ }).isChecked()).toBe(false);
    await other.context().close();
    await page.goto('/app');
    await openChat(page, 'Saturday Hikes');
    const field = page.getByRole('textbox', { name: 'Message' });
    await field.fill('one line');
    await field.press('Enter');
    await page.keyboard.type('another line');
    expect(await field.inputValue()).toBe('one line\nanother line');
    await field.press('Control+Enter');
    await messageOf(page, 'another line')
      .getByRole('img', { name: /^(Sent|Read)$/ })
      .waitFor();
    await page.goto('/app?shortcuts');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Ctrl').first().waitFor();
  });
});
