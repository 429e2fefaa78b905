import { createHttp, type Http } from '@parley/client';
import type { MessagePage } from '@parley/contract';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, missingBrowser } from '../support/browser.ts';
import { httpOf } from '../support/people.ts';
import { drag, faultsOf, openStage, phone, type Stage } from './stage.ts';
import { useVisits } from './visits.ts';

/** By its title, not by what was said last. */
const rowOf = (page: Page, title: string) =>
  page.locator('[data-row-link]', { has: page.locator('.title', { hasText: title }) });

const drawn = async (width: number, height: number, background = 'teal'): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background } })
    .jpeg()
    .toBuffer();

/** Of a picture that is loaded, in its own pixels. */
const widthOf = (picture: unknown): number => (picture as { naturalWidth: number }).naturalWidth;
/** The machine may be busy. */
const soon = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

const chatOf = (page: Page): string => new URL(page.url()).pathname.split('/').at(-1)!;

async function asAlice({ server: { url } }: Stage): Promise<Http['call']> {
  const body = { username: 'alice', password: 'testpass' };
  return httpOf(url, await createHttp({ baseUrl: url }).call('auth.login', { body })).call;
}

describe.skipIf(missingBrowser !== undefined)('files', () => {
  const visits = useVisits({ MAX_UPLOAD_BYTES: String(6 * 1024 * 1024) });
  const { openChat } = visits;
  const last = (page: Page) => page.locator('[data-message]').last();
  const tray = (page: Page) => page.getByRole('list', { name: 'Files to send' }).getByRole('listitem');
  const choose = (page: Page, ...files: { name: string; mimeType: string; buffer: Buffer }[]) =>
    page.locator('form.composer input[type="file"]').setInputFiles(files);
  const send = (page: Page) => page.getByRole('button', { name: 'Send', exact: true }).click();
  const jpeg = async (name: string, width = 640, height = 480) => ({
    name,
    mimeType: 'image/jpeg',
    buffer: await drawn(width, height),
  });

  it('are sent with words, seen by the other, and a picture is looked at large', async () => {
    const [alice, bob] = [await openChat('alice', 'Bob'), await openChat('bob', 'Alice', phone)];
    await choose(alice, await jpeg('one.jpg'), await jpeg('two.jpg', 300, 700));
    await soon(() => tray(alice).count()).toBe(2);
    await alice.getByRole('textbox', { name: 'Message' }).fill('from the lake');
    await send(alice);
    await bob.getByText('from the lake').last().waitFor();
    expect(
      await last(bob)
        .getByRole('button', { name: /^Look at/ })
        .count(),
    ).toBe(2);
    await soon(() => last(bob).locator('img').first().evaluate(widthOf)).toBe(320);
    await last(alice).locator('[aria-label="Sent"], [aria-label="Read"]').waitFor();
    expect(await tray(alice).count()).toBe(0);

    await last(bob).getByRole('button', { name: 'Look at two.jpg' }).click();
    const viewer = bob.getByRole('dialog', { name: 'Picture' });
    await viewer.getByRole('img', { name: 'two.jpg' }).waitFor();
    await drag(bob, viewer.getByRole('img'), 150);
    await viewer.getByRole('img', { name: 'one.jpg' }).waitFor();
    await drag(bob, viewer.getByRole('img'), -150);
    await viewer.getByRole('img', { name: 'two.jpg' }).waitFor();
    await bob.keyboard.press('ArrowLeft');
    await viewer.getByRole('img', { name: 'one.jpg' }).waitFor();
    const width = async () => (await viewer.getByRole('img').boundingBox())!.width;
    const before = await width();
    await bob.keyboard.press('+');
    await soon(width).toBeGreaterThan(before * 1.4);
    await bob.keyboard.press('Escape');
    await viewer.waitFor({ state: 'detached' });
    expect(await bob.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Look at two.jpg');
  });

  it('are scheduled while they are on their way, wait where they can be looked at, and are sent', async () => {
    const [alice, bob] = [await openChat('alice', 'Bob'), await openChat('bob', 'Alice')];
    await alice.route('**/v1/files', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await route.continue();
    });
    const plan = { name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('come at nine') };
    await choose(alice, await jpeg('later.jpg'), plan);
    await soon(() => tray(alice).count()).toBe(2);
    await alice.getByRole('button', { name: 'Ways of sending' }).click();
    await alice.getByRole('menuitem', { name: 'Schedule message' }).click();
    const asked = alice.getByRole('dialog', { name: 'Schedule message' });
    await asked.getByRole('button', { name: 'Schedule', exact: true }).click();
    await asked.waitFor({ state: 'detached' });
    await soon(() => tray(alice).count()).toBe(0);
    await alice.unroute('**/v1/files');

    await alice.goto(`${new URL(alice.url()).pathname}?info`);
    await alice.getByRole('button', { name: 'Scheduled messages' }).click();
    const waiting = alice.getByRole('dialog', { name: 'Scheduled messages' }).getByRole('listitem');
    await soon(() => waiting.getByRole('img', { name: 'later.jpg' }).evaluate(widthOf)).toBe(320);
    await waiting.getByRole('link', { name: 'Download plan.txt' }).waitFor();
    await waiting.getByRole('button', { name: 'Send now' }).click();
    await soon(() => waiting.count()).toBe(0);
    await last(bob).getByRole('button', { name: 'Look at later.jpg' }).waitFor();
    await last(bob).getByRole('link', { name: 'Download plan.txt' }).waitFor();
  });

  it('are sent without a sound', async () => {
    const [alice, bob] = [await openChat('alice', 'Bob'), await openChat('bob', 'Alice')];
    await choose(alice, await jpeg('quiet.jpg'));
    await soon(() => tray(alice).count()).toBe(1);
    await alice.getByRole('button', { name: 'Ways of sending' }).click();
    await alice.getByRole('menuitem', { name: 'Send without sound' }).click();
    await last(bob).getByRole('button', { name: 'Look at quiet.jpg' }).waitFor();
    const chatId = new URL(bob.url()).pathname.split('/').at(-1);
    const messages = await bob.evaluate(`fetch('/v1/chats/${chatId}/messages').then((answer) => answer.json())`);
    expect((messages as MessagePage).items.at(-1)).toMatchObject({ silent: true });
  });

  it('of any kind are a row to download, and named in the list', async () => {
    const [alice, bob] = [await openChat('alice', 'Bob'), await openChat('bob', 'Alice')];
    await choose(alice, { name: 'plan für morgen.txt', mimeType: 'text/plain', buffer: Buffer.from('come at nine') });
    await send(alice);
    const link = last(bob).getByRole('link', { name: 'Download plan für morgen.txt' });
    await link.waitFor();
    const [download] = await Promise.all([bob.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toBe('plan für morgen.txt');
    await soon(() => rowOf(bob, 'Alice').textContent()).toContain('plan für morgen.txt');
  });

  it('that are too large are refused where they stand, and nothing is sent with them', async () => {
    const page = await openChat('alice', 'Book Club');
    await choose(page, {
      name: 'film.bin',
      mimeType: 'application/octet-stream',
      buffer: Buffer.alloc(7 * 1024 * 1024),
    });
    await page.getByRole('alert').filter({ hasText: 'film.bin' }).getByText('The file is too large.').waitFor();
    await send(page);
    await page.getByText('Remove the files that could not be uploaded, or try them again.').waitFor();
    await page.getByRole('button', { name: 'Remove film.bin' }).click();
    await soon(() => tray(page).count()).toBe(0);
  });

  it('are pasted and dropped', async () => {
    const page = await openChat('alice', 'Book Club');
    const bytes = [...(await drawn(40, 40))];
    const transfer = (names: string[]) =>
      page.evaluateHandle(
        `(() => {
          const transfer = new DataTransfer();
          for (const name of ${JSON.stringify(names)})
            transfer.items.add(new File([new Uint8Array(${JSON.stringify(bytes)})], name, { type: 'image/jpeg' }));
          return transfer;
        })()`,
      );
    const pasted = await transfer(['pasted.jpg']);
    await page.getByRole('textbox', { name: 'Message' }).evaluate(
      (area, clipboardData) =>
        area.dispatchEvent(
          new (globalThis as unknown as { ClipboardEvent: new (type: string, init: object) => Event }).ClipboardEvent(
            'paste',
            {
              clipboardData,
              bubbles: true,
              cancelable: true,
            },
          ),
        ),
      pasted,
    );
    await soon(() => tray(page).count()).toBe(1);
    const dataTransfer = await transfer(['dropped.jpg']);
    await page.locator('main').dispatchEvent('dragenter', { dataTransfer });
    await page.getByText('Drop files to send them').waitFor();
    await page.locator('main').dispatchEvent('drop', { dataTransfer });
    await soon(() => tray(page).count()).toBe(2);
    await soon(() => page.getByText('Drop files to send them').count()).toBe(0);
    await send(page);
    await soon(() => last(page).getByRole('button', { name: 'Look at dropped.jpg' }).count()).toBe(1);
  });

  it('chosen without a network wait, outlive a reload and go out when it is back; words do not wait for them', async () => {
    const [alice, bob] = [await openChat('alice', 'Bob'), await openChat('bob', 'Alice')];
    const cut = '**/v1/files*';
    await alice.route(cut, (route) => route.abort());
    await choose(alice, await jpeg('waits.jpg'));
    await soon(() => tray(alice).count()).toBe(1);
    await send(alice);
    const waiting = alice.locator('[data-row]').last();
    await waiting.getByRole('button', { name: /Do not send waits\.jpg/ }).waitFor();
    await alice.getByRole('textbox', { name: 'Message' }).fill('words first');
    await alice.keyboard.press('Enter');
    await bob.getByText('words first').last().waitFor();
    await alice.reload();
    await alice.getByRole('button', { name: /Do not send waits\.jpg/ }).waitFor();
    await soon(() => alice.locator('[data-row] img').last().evaluate(widthOf)).toBe(640);
    await alice.unroute(cut);
    await last(bob).getByRole('button', { name: 'Look at waits.jpg' }).waitFor();
    await soon(() => tray(alice).count()).toBe(0);
  });

  it('that were chosen and not sent are still there after a reload', async () => {
    const page = await openChat('bob', 'Alice');
    await choose(page, await jpeg('kept.jpg'));
    await soon(() => tray(page).locator('progress').count()).toBe(0);
    await page.reload();
    await tray(page).getByText('kept.jpg').waitFor();
    await send(page);
    await last(page).getByRole('button', { name: 'Look at kept.jpg' }).waitFor();
  });

  it('do not move what is read: the room of a picture is known before it is there', async () => {
    const page = await openChat('alice', 'Bob', phone);
    const first = page.locator('.pictures').last();
    await first.waitFor();
    await page.route('**/download*', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 800));
      await route.continue().catch(() => undefined);
    });
    await page.reload();
    await first.waitFor();
    const before = await first.boundingBox();
    await page.waitForResponse('**/download*');
    await page.waitForLoadState('networkidle');
    expect(await first.boundingBox()).toEqual(before);
  });

  it('stickers are sent without a bubble', async () => {
    const [alice, bob] = [await openChat('alice', 'Bob'), await openChat('bob', 'Alice')];
    await alice.getByRole('button', { name: 'Stickers' }).click();
    await alice.getByRole('menuitem', { name: 'Coffee' }).click();
    await last(bob).getByRole('img', { name: 'Coffee' }).waitFor();
    await soon(() => rowOf(bob, 'Alice').textContent()).toContain('Sticker: Coffee');
  });

  it('stickers are sent without sound, or later, by the right button, by keys and by a finger that stays', async () => {
    const [alice, bob] = [await openChat('alice', 'Bob'), await openChat('bob', 'Alice', phone)];
    const stickers = (page: Page) => page.getByRole('button', { name: 'Stickers' });
    await stickers(alice).click();
    await alice.getByRole('menuitem', { name: 'Coffee' }).click({ button: 'right' });
    await alice.getByRole('menuitem', { name: 'Send without sound' }).click();
    const params = { chatId: chatOf(alice) };
    const call = await asAlice(visits.stage);
    const said = async () => (await call('messages.page', { params })).items.at(-1);
    await soon(said).toMatchObject({ sticker: { id: 'coffee' }, silent: true });
    await stickers(alice).press('Enter');
    await alice.getByRole('menuitem', { name: 'Hello' }).press('ContextMenu');
    await alice.getByRole('menuitem', { name: 'Schedule message' }).waitFor();
    await alice.keyboard.press('ArrowDown');
    await alice.keyboard.press('Enter');
    const asked = alice.getByRole('dialog', { name: 'Schedule message' });
    await asked.getByRole('button', { name: 'Schedule', exact: true }).click();
    await asked.waitFor({ state: 'detached' });
    await alice.goto(`${new URL(alice.url()).pathname}?info`);
    await alice.getByRole('button', { name: 'Scheduled messages' }).click();
    const waiting = alice.getByRole('dialog', { name: 'Scheduled messages' }).getByRole('listitem');
    await waiting.filter({ hasText: 'Hello' }).getByRole('button', { name: 'Send now' }).click();
    await last(bob).getByRole('img', { name: 'Hello' }).waitFor();

    await stickers(bob).tap();
    const one = bob.getByRole('menuitem', { name: 'Love' });
    await one.dispatchEvent('pointerdown', { pointerType: 'touch', isPrimary: true, clientX: 50, clientY: 50 });
    await bob.getByRole('menuitem', { name: 'Send without sound' }).tap();
    await last(bob).getByRole('img', { name: 'Love' }).waitFor();
  });

  it('a picture of oneself is seen by others, and taken away again', async () => {
    const [alice, bob] = [await visits.open('alice'), await openChat('bob', 'Alice')];
    await alice.goto('/app/settings/profile');
    await alice.locator('.editor input[type="file"]').setInputFiles([await jpeg('me.jpg')]);
    const dialog = alice.getByRole('dialog', { name: 'New picture' });
    await dialog.getByRole('img').waitFor();
    await dialog.getByRole('button', { name: 'Use this picture' }).click();
    await dialog.waitFor({ state: 'detached' });
    const face = rowOf(bob, 'Alice').locator('img');
    await face.waitFor();
    await soon(() => face.evaluate(widthOf)).toBe(512);
    await alice.getByRole('button', { name: 'Remove picture' }).click();
    await face.waitFor({ state: 'detached' });
  });

  it('a group has a picture, too', async () => {
    const page = await openChat('alice', 'Saturday Hikes');
    const path = new URL(page.url()).pathname;
    await page.goto(`${path}?info`);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.locator('.editor input[type="file"]').setInputFiles([await jpeg('hike.jpg')]);
    await page.getByRole('button', { name: 'Use this picture' }).click();
    await rowOf(page, 'Saturday Hikes').locator('img').waitFor();
  });
});

describe.skipIf(missingBrowser !== undefined)('a voice', () => {
  let stage: Stage;
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']);
    stage = await openStage({}, browser);
  }, 180_000);
  afterAll(() => stage?.close());

  it('is recorded, thrown away, recorded again, sent, heard and searched', async () => {
    const alice = await stage.open('alice');
    const bob = await stage.open('bob');
    for (const [page, title] of [
      [alice, 'Bob'],
      [bob, 'Alice'],
    ] as const) {
      await rowOf(page, title).click();
      await page.locator('[data-message]').first().waitFor();
    }
    const record = alice.getByRole('button', { name: 'Record a voice message' });
    const timer = alice.getByRole('group', { name: 'Recording' }).getByRole('timer');
    await record.click();
    await timer.waitFor();
    await alice.keyboard.press('Escape');
    await record.waitFor();

    await record.click();
    await soon(() => timer.textContent()).toBe('0:02');
    await alice.getByRole('button', { name: 'Send voice message' }).click();
    const heard = bob.locator('[data-message]').last();
    await heard.getByRole('button', { name: 'Play' }).waitFor();
    expect(await heard.locator('.bars rect').count()).toBeGreaterThan(10);
    const seek = heard.getByRole('slider', { name: 'Place in the recording' });
    expect(Number(await seek.getAttribute('max'))).toBeGreaterThanOrEqual(2);
    await heard.getByRole('button', { name: /^Speed/ }).click();
    await heard.getByRole('button', { name: 'Play' }).click();
    await heard.getByRole('button', { name: 'Pause' }).waitFor();
    await soon(async () => Number(await seek.inputValue())).toBeGreaterThan(0.3);
    await seek.fill('0.1');
    await soon(() => rowOf(bob, 'Alice').textContent()).toContain('Voice message');

    // It waits while it is asked when, and goes on where nobody says so.
    await record.click();
    await soon(() => timer.textContent()).toBe('0:01');
    const ways = alice.getByRole('group', { name: 'Recording' }).getByRole('button', { name: 'Ways of sending' });
    const asked = alice.getByRole('dialog', { name: 'Schedule message' });
    const later = async () => {
      await ways.click();
      await alice.getByRole('menuitem', { name: 'Schedule message' }).click();
      await asked.waitFor();
    };
    await later();
    const paused = await timer.textContent();
    await alice.waitForTimeout(1_200);
    expect(await timer.textContent()).toBe(paused);
    await alice.keyboard.press('Escape');
    await soon(() => timer.textContent()).not.toBe(paused);
    await later();
    await asked.getByRole('button', { name: 'Schedule', exact: true }).click();
    await record.waitFor();
    const call = await asAlice(stage);
    const { items } = await call('scheduled.list', { params: { chatId: chatOf(alice) } });
    expect(items).toMatchObject([{ messageType: 'voice', durationSeconds: expect.any(Number) }]);
    expect(items[0]!.attachments![0]!.mimeType).toContain('audio');

    // Held and let go, it is sent at once.
    await record.dispatchEvent('pointerdown', { button: 0, clientX: 500, clientY: 500, pointerType: 'touch' });
    await soon(() => timer.textContent()).toBe('0:01');
    await alice.evaluate('dispatchEvent(new PointerEvent("pointerup"))');
    await soon(() => bob.locator('[data-message] .voice .play').count()).toBe(2);
    expect([...faultsOf(alice), ...faultsOf(bob)]).toEqual([]);
  });
});
