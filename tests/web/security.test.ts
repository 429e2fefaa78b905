import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthenticator } from '../support/authenticator.ts';
import { missingBrowser } from '../support/browser.ts';
import { desktop, faultsOf, openStage, phone, type Stage } from './stage.ts';

/** A phone that is always unlocked, in the browser (Chrome DevTools Protocol, domain WebAuthn). */
async function addAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

describe.skipIf(missingBrowser !== undefined)('how one signs in', () => {
  let stage: Stage;
  let page: Page;
  let other: Page;
  let app: ReturnType<typeof createAuthenticator>;
  let recoveryCodes: string[];

  beforeAll(async () => {
    stage = await openStage();
    [page, other] = await Promise.all([stage.open('alice', desktop), stage.stranger(phone)]);
  }, 180_000);
  afterAll(() => stage?.close());

  const signIn = async (of: Page, password: string): Promise<void> => {
    await of.goto('/login');
    await of.getByLabel('Username or e-mail').fill('alice');
    await of.getByLabel('Password', { exact: true }).fill(password);
    await of.getByRole('button', { name: 'Sign in', exact: true }).click();
  };

  it('codes are set up with a QR code, the password and a first code', async () => {
    await page.goto('/app/settings/security');
    await page.getByRole('button', { name: 'Set up codes' }).click();
    const dialog = page.getByRole('dialog', { name: 'Set up codes' });
    await dialog.getByLabel('Password', { exact: true }).fill('not the password');
    await dialog.getByRole('button', { name: 'Next' }).click();
    await dialog.getByText('The password is wrong.').waitFor();
    await dialog.getByLabel('Password', { exact: true }).fill('testpass');
    await dialog.getByRole('button', { name: 'Next' }).click();
    await expect
      .poll(() =>
        dialog.getByRole('img', { name: 'QR code for the authenticator app' }).locator('path').getAttribute('d'),
      )
      .toMatch(/^(M\d+ \d+h1v1h-1z){300,}$/);
    await dialog.getByText('Or type this key into the app').click();
    app = createAuthenticator((await dialog.locator('.secret').textContent()) ?? '');
    await dialog.getByLabel('Code', { exact: true }).fill('000000');
    await dialog.getByRole('button', { name: 'Turn on' }).click();
    await dialog.getByText('This code is wrong, or was used before.').waitFor();
    await dialog.getByLabel('Code', { exact: true }).fill(await app.nextCode());
    await dialog.getByRole('button', { name: 'Turn on' }).click();
    const codes = page.getByRole('dialog', { name: 'Recovery codes' });
    await codes.getByRole('listitem').first().waitFor();
    recoveryCodes = await codes.getByRole('listitem').allInnerTexts();
    expect(recoveryCodes).toHaveLength(10);
    await codes.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText('10 recovery codes left.').waitFor();
  }, 120_000);

  it('signing in asks for a code, or takes a recovery code', async () => {
    await signIn(other, 'testpass');
    const field = other.getByLabel('Code of your authenticator app');
    await other.locator('input:focus').and(field).waitFor();
    await field.fill('000000');
    await other.getByRole('button', { name: 'Sign in', exact: true }).click();
    await other.getByText('This code is wrong, or was used before.').waitFor();
    await field.fill(await app.nextCode());
    await other.getByRole('button', { name: 'Sign in', exact: true }).click();
    await other.locator('[data-row-link]').first().waitFor();

    const third = await stage.stranger(desktop);
    await signIn(third, 'testpass');
    await third.getByRole('button', { name: 'Use a recovery code' }).click();
    await third.getByLabel('Recovery code').fill(recoveryCodes[0]!);
    await third.getByRole('button', { name: 'Sign in', exact: true }).click();
    await third.locator('[data-row-link]').first().waitFor();
    await third.context().close();
    await page.reload();
    await page.getByText('9 recovery codes left.').waitFor();
  }, 120_000);

  it('a passkey is added, named, and signs in without a name', async () => {
    const third = await stage.stranger(phone);
    await addAuthenticator(third);
    await signIn(third, 'testpass');
    await third.getByRole('button', { name: 'Use a recovery code' }).click();
    await third.getByLabel('Recovery code').fill(recoveryCodes[1]!);
    await third.getByRole('button', { name: 'Sign in', exact: true }).click();
    await third.locator('[data-row-link]').first().waitFor();
    await third.goto('/app/settings/security');
    await third.getByRole('button', { name: 'Add a passkey' }).click();
    const adding = third.getByRole('dialog', { name: 'Add a passkey' });
    await adding.getByLabel('Name of the passkey').fill('My phone');
    await adding.getByLabel('Password', { exact: true }).fill('testpass');
    await adding.getByRole('button', { name: 'Next' }).click();
    const list = third.getByRole('list', { name: 'Passkeys' });
    await list.getByText('My phone').waitFor();
    await list.getByText('not used yet').waitFor();
    await third.getByRole('button', { name: 'Add a passkey' }).click();
    await adding.getByLabel('Password', { exact: true }).fill('testpass');
    await adding.getByRole('button', { name: 'Next' }).click();
    await adding.getByText('This device has a passkey for you already.').waitFor();
    await third.keyboard.press('Escape');
    await list.getByRole('button', { name: 'Rename' }).click();
    await third.getByRole('dialog').getByLabel('Name of the passkey').fill('My other phone');
    await third.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await list.getByText('My other phone').waitFor();

    await third.goto('/app/settings');
    await third.getByRole('button', { name: 'Sign out' }).click();
    await third.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await third.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await third.locator('[data-row-link]').first().waitFor();
    await third.goto('/app/settings/security');
    await list.getByText('last used').waitFor();
    await list.getByRole('button', { name: 'Remove' }).click();
    await third.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await list.waitFor({ state: 'detached' });
    await third.goto('/app/settings');
    await third.getByRole('button', { name: 'Sign out' }).click();
    await third.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await third.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await third.getByText('This passkey was not accepted. Try again.').waitFor();
    expect(faultsOf(third)).toEqual([]);
    await third.context().close();
  }, 120_000);

  it('a password that is easy to guess is said to be so while it is chosen', async () => {
    const newcomer = await stage.stranger(desktop);
    await newcomer.goto('/register');
    const field = newcomer.getByLabel('Password', { exact: true });
    await field.fill('password1');
    await newcomer.getByText('Easy to guess.').waitFor();
    await field.fill('rope, lemon and a late train');
    await newcomer.getByText('At least 8 characters.').waitFor();
    await newcomer.context().close();
  });

  it('another password signs out the other devices', async () => {
    const form = page.getByRole('form', { name: 'Password' });
    await form.getByLabel('Password until now').fill('testpass');
    await form.getByLabel('New password').fill('short');
    await form.getByRole('button', { name: 'Change password' }).click();
    await form.getByText('Use at least 8 characters.').waitFor();
    await form.getByLabel('New password').fill('quite another secret');
    await form.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('The password is changed.').waitFor();
    await other.getByText('Your session has ended. Please sign in again.').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Turn off codes' }).click();
    const dialog = page.getByRole('dialog', { name: 'Turn off codes' });
    await dialog.getByLabel('Password', { exact: true }).fill('quite another secret');
    await dialog.getByRole('button', { name: 'Turn off codes' }).click();
    await page.getByRole('button', { name: 'Set up codes' }).waitFor();
    await signIn(other, 'quite another secret');
    await other.locator('[data-row-link]').first().waitFor();
  });

  it('nothing broke on the way', () => {
    expect([...faultsOf(page), ...faultsOf(other)]).toEqual([]);
  });
});
