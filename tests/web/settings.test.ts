import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { desktop, faultsOf, openStage, phone, rowOf, type Stage } from './stage.ts';

describe.skipIf(missingBrowser !== undefined)('settings, commands and notices', () => {
  let stage: Stage;
  let page: Page;
  let other: Page;

  beforeAll(async () => {
    stage = await openStage();
    [page, other] = await Promise.all([stage.open('alice', desktop), stage.open('alice', phone)]);
  }, 180_000);
  afterAll(() => stage?.close());

  const look = (of: Page, name: string): Promise<string | undefined> =>
    of.evaluate(`document.documentElement.dataset.${name}`);

  it('change the looks at once, on all devices, and are there after a reload', async () => {
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('link', { name: 'Appearance' }).click();
    await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
    await page.getByRole('radio', { name: 'Rose' }).check({ force: true });
    await page.getByRole('radio', { name: 'Larger' }).check({ force: true });
    await page.getByRole('radio', { name: 'Waves' }).check({ force: true });
    const all = { theme: 'dark', accent: 'rose', textSize: 'larger', wallpaper: 'waves' };
    for (const [name, value] of Object.entries(all)) {
      await expect.poll(() => look(page, name)).toBe(value);
      await expect.poll(() => look(other, name)).toBe(value);
    }
    await other.reload();
    await expect.poll(() => look(other, 'accent')).toBe('rose');
  });

  it('change the language everywhere', async () => {
    await page.getByRole('link', { name: 'Language' }).click();
    await page.getByRole('radio', { name: 'Deutsch' }).check({ force: true });
    await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
    await other.getByRole('searchbox', { name: 'Chats und Personen suchen' }).waitFor();
    await page.getByRole('radio', { name: 'English' }).check({ force: true });
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
  });

  it('follow the language of the browser until one is chosen', async () => {
    const german = await stage.stranger({ ...desktop, locale: 'de-DE' });
    await german.goto('/login');
    await german.getByLabel('Benutzername oder E-Mail').fill('hana');
    await german.getByLabel('Passwort', { exact: true }).fill('testpass');
    await german.keyboard.press('Enter');
    await german.getByRole('searchbox', { name: 'Chats und Personen suchen' }).waitFor();
    await german.waitForTimeout(500);
    expect(await german.evaluate('document.documentElement.lang')).toBe('de');
    await german.context().close();
  });

  it('tell who sees what, and who is signed in where', async () => {
    await page.goto('/app/settings/privacy');
    await page.getByLabel('Who sees when I was last here').selectOption('Nobody');
    await page.getByRole('switch', { name: /Tell others/ }).uncheck();
    await page.reload();
    await expect.poll(() => page.getByLabel('Who sees when I was last here').inputValue()).toBe('nobody');
    expect(await page.getByRole('switch', { name: /Tell others/ }).isChecked()).toBe(false);
    await page.goto('/app/settings/sessions');
    await expect.poll(() => page.getByRole('button', { name: 'Sign out this device' }).count()).toBe(1);
    await page.getByRole('button', { name: 'Sign out this device' }).click();
    await other.getByText('Your session has ended. Please sign in again.').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Sign out this device' }).count()).toBe(0);
  });

  it('are pages of their own on a phone, and going back leads through them', async () => {
    await page.setViewportSize(phone.viewport!);
    await page.goto('/app');
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('link', { name: 'About' }).click();
    await page.getByRole('link', { name: 'For programs' }).waitFor();
    expect(await page.getByRole('link', { name: 'Appearance' }).count()).toBe(0);
    await page.goBack();
    await page.getByRole('link', { name: 'Appearance' }).waitFor();
    await page.goBack();
    await rowOf(page, 'Book Club').waitFor();
    await page.setViewportSize(desktop.viewport!);
  });

  it('commands lead to chats and do things, by keys alone', async () => {
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox');
    await field.waitFor();
    // Readers are told first that one can type.
    expect(await field.getAttribute('aria-activedescendant')).toBeNull();
    await field.fill('book');
    const first = page.getByRole('option').first();
    await first.getByText('Book Club').waitFor();
    expect(await field.getAttribute('aria-activedescendant')).toBe(await first.getAttribute('id'));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Book Club', level: 1 }).waitFor();
    await page.getByRole('form', { name: 'Write to Book Club' }).waitFor();
    await page.keyboard.press('Control+k');
    await field.fill('light');
    await page.keyboard.press('Enter');
    await expect.poll(() => look(page, 'theme')).toBe('light');
    await page.keyboard.press('Control+k');
    await field.fill('privacy');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.title()).toMatch(/Privacy · Parley$/);
    await page.goBack();
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Escape');
    await field.waitFor({ state: 'detached' });
    await page.getByRole('region', { name: 'Messages' }).focus();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Previous and next chat').waitFor();
    await page.keyboard.press('Escape');
  });

  it('new messages are told while the page is out of sight, but not those of muted chats', async () => {
    const watcher = await stage.stranger(desktop);
    await watcher.addInitScript(`
      globalThis.told = [];
      globalThis.Notification = class extends EventTarget {
        static permission = 'granted';
        constructor(title, { body }) {
          super();
          told.push(title + ': ' + body);
        }
      };
      Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    `);
    const bob = await stage.open('bob', desktop);
    await watcher.goto('/login');
    await watcher.getByLabel('Username or e-mail').fill('carol');
    await watcher.getByLabel('Password', { exact: true }).fill('testpass');
    await watcher.getByRole('button', { name: 'Sign in', exact: true }).click();
    await rowOf(watcher, 'Elm Street 12').click({ button: 'right' });
    await watcher.getByRole('menuitem', { name: 'Mute' }).click();
    await rowOf(watcher, 'Elm Street 12').getByText('Notifications off').waitFor({ state: 'attached' });
    for (const [chat, text] of [
      ['Elm Street 12', 'a secret whisper'],
      ['Saturday Hikes', 'Who is in?'],
    ] as const) {
      await rowOf(bob, chat).click();
      await bob.getByRole('textbox', { name: 'Message' }).fill(text);
      await bob.keyboard.press('Enter');
    }
    const told = (): Promise<unknown> => watcher.evaluate('told');
    await expect.poll(told).toEqual(['Saturday Hikes: Bob Lindqvist: Who is in?']);
    await expect.poll(() => watcher.title()).toMatch(/^\(\d+\) /);
    expect(await watcher.locator('link[rel="icon"]').getAttribute('href')).toMatch(/icon-unread/);
  });

  it('nothing broke on the way', () => {
    expect([...faultsOf(page), ...faultsOf(other)]).toEqual([]);
  });
});
