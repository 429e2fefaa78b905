import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { createRandom } from '../support/random.ts';
import { desktop, faultsOf, openStage, type Stage } from './stage.ts';

const keys = [
  ...['Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Shift+Tab', 'Shift+Tab', 'F6', 'Home', 'End'],
  ...['ArrowDown', 'ArrowDown', 'ArrowUp', 'ArrowUp', 'ArrowRight', 'ArrowLeft', 'Alt+ArrowDown'],
  ...['Enter', 'Enter', 'Enter', 'Enter', 'Space', 'Space', 'Escape', 'Escape'],
  ...['Control+k', 'Shift+F10', '?', 'a', 'e'],
];
const strokes = 100;

/** Counts the frames in which nothing has the focus. The tabulator key may lead out of the page, and back by its next stroke. */
const watchFocus = `(() => {
  const most = 12;
  let frames = 0;
  let isOut = true;
  window.lost = [];
  addEventListener('keydown', ({ key }) => { isOut = key === 'Tab'; }, { capture: true });
  addEventListener('focusin', () => { isOut = false; }, { capture: true });
  const isHeld = (element) => element !== document.body && element.checkVisibility({ visibilityProperty: true })
    && element.closest('[inert]') === null;
  requestAnimationFrame(function look() {
    frames = isOut || isHeld(document.activeElement) ? 0 : frames + 1;
    if (frames === most) window.lost.push(document.activeElement.outerHTML.slice(0, 80));
    requestAnimationFrame(look);
  });
})()`;

const nextFrames =
  'new Promise((done) => { let left = 4; requestAnimationFrame(function go() { left-- > 0 ? requestAnimationFrame(go) : done(); }); })';

/** What has the focus, in a few words. */
const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(`(() => {
    const { tagName, ariaLabel, textContent } = document.activeElement;
    return tagName + ' ' + (ariaLabel ?? textContent.trim().slice(0, 40));
  })()`);

describe.skipIf(missingBrowser !== undefined)('whatever keys are struck, the focus is somewhere', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  }, 180_000);
  afterAll(() => stage?.close());

  it('what goes away, or is hidden, leaves it to what stood around it', async () => {
    const page = await stage.open('carol', desktop);
    const pane = page.getByRole('navigation', { name: 'Chats' });
    await pane.getByRole('button', { name: 'New chat' }).focus();
    await page.evaluate('document.activeElement.remove()');
    await expect.poll(() => focused(page)).toBe('H1 Chats');
    await pane.getByRole('link', { name: 'Settings' }).focus();
    await page.evaluate("document.activeElement.style.display = 'none'");
    await expect.poll(() => focused(page)).toBe('H1 Chats');
    await page.context().close();
  });

  it.each([desktop, { viewport: { width: 599, height: 900 } }])('%o', async (size) => {
    const { pick } = createRandom('strokes');
    const page = await stage.open('carol', size);
    page.context().on('page', (other) => void other.close());
    page.on('filechooser', () => {});
    await page.addInitScript(watchFocus);
    await page.evaluate(watchFocus);
    const way: string[] = [];
    await page.keyboard.press('Tab');
    for (let stroke = 0; stroke < strokes; stroke += 1) {
      const before = await focused(page);
      // Whoever is out cannot say much more; whoever signs out is done.
      const key = before.startsWith('BODY') ? 'Tab' : before.includes('Sign out') ? 'Escape' : pick(keys);
      way.push(`${key} at ${before}`);
      await page.keyboard.press(key);
      await page.evaluate(nextFrames);
      expect(await page.evaluate('window.lost'), way.slice(-8).join('\n')).toEqual([]);
    }
    expect(faultsOf(page)).toEqual([]);
    await page.context().close();
  });
});
