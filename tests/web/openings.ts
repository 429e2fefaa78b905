import type { Locator, Page } from 'playwright-core';

/** Something that comes up over the app, and goes again. */
export interface Opening {
  name: string;
  /** `CHAT` is a group one owns, `DIRECT` a chat with one person. */
  address: string;
  /** What brings it up, and has the focus again when it is gone. */
  by: (page: Page) => Promise<Locator>;
  /** What is chosen on the way. */
  onwards?: (page: Page) => Promise<void>;
  shows: (page: Page) => Locator;
  /** How it goes, if not by Escape. */
  leave?: (page: Page) => Promise<void>;
}

const button = (name: string | RegExp) => async (page: Page) => {
  const found = page.getByRole('button', { name }).first();
  await found.click();
  return found;
};
const choose = (name: string) => (page: Page) => page.getByRole('menuitem', { name, exact: true }).click();
const dialog = (name: string) => (page: Page) => page.getByRole('dialog', { name });
const menu = (name: string) => (page: Page) => page.getByRole('menu', { name });

/** By its keys: a click gives the focus to nothing. */
async function message(page: Page): Promise<Locator> {
  await page.locator('[data-message]').last().waitFor();
  await page.getByRole('region', { name: 'Messages', exact: true }).press('ArrowUp');
  const row = await page.locator('[data-row]:focus').getAttribute('data-row');
  await page.keyboard.press('Enter');
  await page.getByRole('menu', { name: 'Message actions' }).waitFor();
  return page.locator(`[data-row="${row}"]`);
}

async function palette(page: Page): Promise<Locator> {
  const area = page.getByRole('textbox', { name: 'Message' });
  await area.focus();
  await page.keyboard.press('Control+k');
  return area;
}

async function toTheSame(page: Page): Promise<void> {
  await page.keyboard.type('saturday');
  await page.keyboard.press('Enter');
}

/** Where it was is for writing again. */
async function microphone(page: Page): Promise<Locator> {
  const area = page.getByRole('textbox', { name: 'Message' });
  await area.fill('');
  await button('Record a voice message')(page);
  return area;
}

/** Words have their room, on a phone. */
async function stickers(page: Page): Promise<Locator> {
  await page.getByRole('textbox', { name: 'Message' }).fill('');
  return button('Stickers')(page);
}

async function ways(page: Page): Promise<Locator> {
  await page.getByRole('textbox', { name: 'Message' }).fill('Until tomorrow.');
  return button('Ways of sending')(page);
}

const cancel = (page: Page) => page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();

async function toQrCode(page: Page): Promise<void> {
  await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill('testpass');
  await page.getByRole('dialog').getByRole('button', { name: 'Next' }).click();
}

const info = '/app/c/CHAT?info';
const security = '/app/settings/security';

export const openings: readonly Opening[] = [
  { name: 'a new link', address: info, by: button('New link'), shows: dialog('New link') },
  {
    name: 'withdrawing a link',
    address: info,
    by: button('Withdraw link'),
    shows: dialog('Withdraw link'),
    leave: cancel,
  },
  {
    name: 'what is scheduled',
    address: info,
    by: button('Scheduled messages'),
    shows: (page) => dialog('Scheduled messages')(page).getByRole('listitem'),
  },
  { name: 'adding people', address: info, by: button('Add people'), shows: dialog('Add people') },
  {
    name: 'the actions for a member',
    address: info,
    by: button(/^Actions for/),
    shows: (page) => page.getByRole('menu'),
  },
  {
    name: 'what is pinned',
    address: '/app/c/CHAT',
    by: button('All pinned messages'),
    shows: dialog('Pinned messages'),
  },
  { name: 'the actions for a message', address: '/app/c/CHAT', by: message, shows: menu('Message actions') },
  {
    name: 'all emoji',
    address: '/app/c/CHAT',
    by: message,
    onwards: choose('More reactions'),
    shows: menu('Choose a reaction'),
  },
  {
    name: 'forwarding',
    address: '/app/c/CHAT',
    by: message,
    onwards: choose('Forward'),
    shows: dialog('Forward 1 message'),
  },
  { name: 'the stickers', address: '/app/c/CHAT', by: stickers, shows: (page) => page.getByRole('menuitem') },
  {
    name: 'recording',
    address: '/app/c/CHAT',
    by: microphone,
    shows: (page) => page.locator('.recorder .ready'),
  },
  { name: 'ways of sending', address: '/app/c/CHAT', by: ways, shows: menu('Ways of sending') },
  {
    name: 'scheduling',
    address: '/app/c/CHAT',
    by: ways,
    onwards: choose('Schedule message'),
    shows: dialog('Schedule message'),
  },
  {
    name: 'the commands',
    address: '/app/c/CHAT',
    by: palette,
    shows: (page) => page.getByRole('option', { name: 'Saturday Hikes' }),
    leave: toTheSame,
  },
  { name: 'blocking', address: '/app/c/DIRECT?info', by: button(/^Block$/), shows: dialog('Block') },
  {
    name: 'adding a passkey',
    address: security,
    by: button('Add a passkey'),
    shows: dialog('Add a passkey'),
    leave: cancel,
  },
  {
    name: 'setting up codes',
    address: security,
    by: button('Set up codes'),
    onwards: toQrCode,
    shows: (page) => page.getByRole('img', { name: 'QR code for the authenticator app' }),
  },
];
