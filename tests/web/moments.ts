import type { Page } from 'playwright-core';

/** A state of a screen that one comes to by doing something. */
export interface Moment {
  name: string;
  /** As with the openings. */
  address: string;
  make: (page: Page) => Promise<void>;
  /** What is there when it is made. */
  shows: string;
  /** What must not last. */
  unmake?: (page: Page) => Promise<void>;
}

const field = (page: Page) => page.getByRole('textbox', { name: 'Message' });

async function onMessage(page: Page, ...keys: string[]): Promise<void> {
  await page.locator('[data-message]').last().waitFor();
  const list = page.getByRole('region', { name: 'Messages', exact: true });
  await list.press('ArrowUp');
  for (const key of keys) await page.keyboard.press(key);
}

async function reply(page: Page): Promise<void> {
  await onMessage(page, 'Enter');
  await page.getByRole('menuitem', { name: 'Reply' }).press('Enter');
}

async function groupWithoutName(page: Page): Promise<void> {
  await page.getByText('Group', { exact: true }).click();
  await page.getByRole('button', { name: 'Create' }).click();
}

const chat = '/app/c/CHAT';
const press = (name: string) => (page: Page) => page.getByRole('button', { name, exact: true }).click();

export const moments: readonly Moment[] = [
  { name: 'some are chosen', address: chat, make: (page) => onMessage(page, 'Space'), shows: '[role="toolbar"]' },
  {
    name: 'deleting them',
    address: chat,
    make: press('Delete'),
    shows: 'dialog[open]',
    async unmake(page) {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
    },
  },
  {
    name: 'a reply begins',
    address: chat,
    make: reply,
    shows: '.strip',
    unmake: (page) => page.keyboard.press('Escape'),
  },
  {
    name: 'somebody is to be named',
    address: chat,
    make: async (page) => {
      await field(page).fill('');
      await field(page).pressSequentially('@');
    },
    shows: '[role="listbox"] [role="option"]',
    unmake: (page) => field(page).fill(''),
  },
  {
    name: 'too long',
    address: chat,
    make: (page) => field(page).fill('o'.repeat(8_100)),
    shows: '.left.over',
    unmake: (page) => field(page).fill(''),
  },
  {
    name: 'no network',
    address: chat,
    make: (page) => page.context().setOffline(true),
    shows: '.line:has(.pulse)',
    unmake: (page) => page.context().setOffline(false),
  },
  { name: 'a group without a name', address: '/app?new', make: groupWithoutName, shows: '[aria-invalid="true"]' },
  { name: 'the chat is changed', address: `${chat}?info`, make: press('Edit'), shows: '.info form' },
  {
    name: 'a chat that is not there',
    address: '/app/c/0190a000-0000-7000-8000-000000000000',
    make: async () => {},
    shows: '.gone',
  },
  {
    name: 'a word that is found nowhere',
    address: '/app',
    make: (page) => page.getByRole('searchbox').fill('zzzzqq'),
    shows: '.none',
  },
  { name: 'something is said', address: '/app/settings/profile', make: press('Save'), shows: '.notice' },
  {
    name: 'from right to left',
    address: `${chat}?lang=pseudo-rtl&info`,
    make: async () => {},
    shows: '.members .member',
  },
  {
    name: 'text twice as large',
    address: `${chat}?info`,
    make: (page) => page.evaluate(`document.documentElement.style.fontSize = '200%'`),
    shows: '.members .member',
  },
];
