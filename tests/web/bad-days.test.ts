import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createHttp } from '@parley/client';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { httpOf, makeGroup, signUp } from '../support/people.ts';
import { barriersOn } from './barriers.ts';
import { messageOf, openChat, rowOf, say } from './stage.ts';
import { useVisits } from './visits.ts';

describe.skipIf(missingBrowser !== undefined)('on a bad day', () => {
  const visits = useVisits();
  const { open } = visits;
  const sent = (page: Page, text: string) => messageOf(page, text).getByRole('img', { name: /^(Sent|Read)$/ });
  const waiting = (page: Page, text: string) => messageOf(page, text).getByRole('img', { name: 'Waiting to be sent' });
  const field = (page: Page) => page.getByRole('textbox', { name: 'Message' });
  async function removeForEveryone(page: Page, text: string): Promise<void> {
    await messageOf(page, text).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete for everyone' }).click();
    await messageOf(page, text).waitFor({ state: 'detached' });
  }
  const title = (page: Page) => page.getByRole('heading', { level: 1 }).last();

  it('every access token is refused: pages get new ones by themselves, and nobody is asked to sign in', async () => {
    const [alice, bob] = [await open('alice'), await open('bob')];
    await openChat(alice, 'Bob Lindqvist');
    await openChat(bob, 'Alice');
    const tokenOf = (page: Page) =>
      page.evaluate<string>(`JSON.parse(localStorage.getItem('parley/session')).accessToken`);
    const before = await tokenOf(alice);
    await visits.stage.server.kill9();
    // Another key signs from now on, so what the first one signed is worth nothing.
    await rm(join(visits.stage.server.dataDir, 'keys'), { recursive: true });
    await visits.stage.server.restart();
    await say(alice, 'with a new token');
    await messageOf(bob, 'with a new token').waitFor({ timeout: 60_000 });
    await sent(alice, 'with a new token').waitFor();
    await expect.poll(() => tokenOf(alice)).not.toBe(before);
    expect(new URL(alice.url()).pathname).toMatch(/^\/app\/c\//);
  });

  it('a message cannot be sent at its time: whoever scheduled it is told, and has it still', async () => {
    const { url } = visits.stage.server;
    const page = await open('bob');
    const [owner, tokens] = [
      await signUp(url),
      await createHttp({ baseUrl: url }).call('auth.login', { body: { username: 'bob', password: 'testpass' } }),
    ];
    const [chatId, userId] = [(await makeGroup(owner, [])).id, tokens.user_id];
    await owner.http.call('members.add', { params: { chatId }, body: { userIds: [userId] } });
    const body = { content: 'too late', scheduledAt: new Date(Date.now() + 3_000).toISOString() };
    await httpOf(url, tokens).call('messages.send', { params: { chatId }, body });
    await owner.http.call('members.remove', { params: { chatId, userId } });
    await page.getByText('A scheduled message was not sent.').waitFor();
    await owner.http.call('members.add', { params: { chatId }, body: { userIds: [userId] } });
    await page.goto(`/app/c/${chatId}?info`);
    await page.getByRole('button', { name: 'Scheduled messages' }).click();
    const kept = page.getByRole('dialog', { name: 'Scheduled messages' });
    const item = kept.getByRole('listitem');
    await item.filter({ hasText: 'too late' }).getByText('Not sent. You were not in this chat at that time.').waitFor();
    await item.getByRole('button', { name: 'Change' }).click();
    expect(await item.locator('textarea:focus').count()).toBe(1);
    await page.keyboard.press('Escape');
    expect(await item.getByRole('button', { name: 'Change' }).and(page.locator(':focus')).count()).toBe(1);
    await page.keyboard.press('Enter');
    await item.getByLabel('Text').fill('better late');
    expect(await barriersOn(page)).toEqual([]);
    await item.getByRole('button', { name: 'Save' }).click();
    await item.filter({ hasText: 'better late' }).getByRole('button', { name: 'Send now' }).click();
    await kept.getByText('Nothing is scheduled in this chat.').waitFor();
    await page.keyboard.press('Escape');
    await messageOf(page, 'better late').waitFor();
  });

  it('the session was ended elsewhere: the page asks to sign in, and goes on where it was', async () => {
    const [page, other] = [await open('carol'), await open('carol')];
    await openChat(page, 'Saturday Hikes');
    const address = new URL(page.url()).pathname;
    await page.getByRole('textbox', { name: 'Message' }).fill('half a thought');
    await other.goto('/app/settings/sessions');
    await other.getByRole('button', { name: 'Sign out this device' }).click();
    await page.getByText('Your session has ended. Please sign in again.').waitFor();
    expect(await page.evaluate(`localStorage.getItem('parley/session')`)).toBeNull();
    await page.getByLabel('Username or e-mail').fill('carol');
    await page.getByLabel('Password', { exact: true }).fill('testpass');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect.poll(() => title(page).textContent()).toBe('Saturday Hikes');
    expect(new URL(page.url()).pathname).toBe(address);
    await say(page, 'the whole thought');
    await sent(page, 'the whole thought').waitFor();
  });

  it('the server fails: an edit shows at once, waits, is not called sent, and is done when it is well again', async () => {
    const page = await open('alice');
    await openChat(page, 'Bob Lindqvist');
    await say(page, 'a typing mistaek');
    await sent(page, 'a typing mistaek').waitFor();
    let isBroken = true;
    await page.route('**/v1/chats/**', (route) =>
      isBroken && route.request().method() !== 'GET' ? route.fulfill({ status: 500, json: problem }) : route.continue(),
    );
    await field(page).press('ArrowUp');
    await field(page).fill('a typing mistake');
    await page.keyboard.press('Enter');
    await waiting(page, 'a typing mistake').waitFor();
    isBroken = false;
    await sent(page, 'a typing mistake').waitFor({ timeout: 60_000 });
    await messageOf(page, 'a typing mistake').getByText('edited').waitFor();
  });

  it('the server cannot be reached: edits and deletions outlive a reload, and what is refused is taken back', async () => {
    const [page, bob] = [await open('alice'), await open('bob')];
    await openChat(bob, 'Alice');
    await openChat(page, 'Bob Lindqvist');
    for (const text of ['to be edited', 'to be deleted', 'to stay']) {
      await say(page, text);
      await sent(page, text).waitFor();
    }
    // So that they are in the cache.
    await page.waitForTimeout(2_500);
    let isAway = true;
    await page.routeWebSocket('**/ws', (socket) => (isAway ? socket.close() : void socket.connectToServer()));
    await page.route('**/v1/**', (route) => (isAway ? route.abort() : route.continue()));
    await page.reload();
    await removeForEveryone(page, 'to stay');
    await removeForEveryone(page, 'to be deleted');
    await field(page).press('ArrowUp');
    expect(await field(page).inputValue()).toBe('to be edited');
    await field(page).fill('was edited');
    await page.keyboard.press('Enter');
    await say(page, 'never tried');
    await say(page, 'not sent yet');
    await waiting(page, 'not sent yet').waitFor();
    await field(page).press('ArrowUp');
    expect(await field(page).inputValue()).toBe('not sent yet');
    await field(page).fill('sent in other words');
    await page.keyboard.press('Enter');
    await waiting(page, 'sent in other words').waitFor();
    await page.reload();
    for (const text of ['was edited', 'sent in other words']) await waiting(page, text).waitFor();
    expect(await page.getByText('to be deleted', { exact: true }).count()).toBe(0);
    const refused = { ...problem, status: 403, code: 'forbidden' };
    let refusals = 0;
    await page.route('**/messages/**', (route) => {
      if (isAway || route.request().method() !== 'DELETE' || refusals > 0) return route.fallback();
      refusals += 1;
      return route.fulfill({ status: 403, json: refused });
    });
    isAway = false;
    await page.getByText('The message was not deleted.').waitFor({ timeout: 60_000 });
    for (const text of ['was edited', 'sent in other words', 'to stay']) await sent(page, text).waitFor();
    for (const text of ['was edited', 'to stay', 'sent in other words']) await messageOf(bob, text).waitFor();
    expect(await bob.getByText('to be deleted', { exact: true }).count()).toBe(0);
    expect(await messageOf(bob, 'sent in other words').getByText('edited').count()).toBe(0);
  });

  it('the server fails while messages are sent: they wait, in order, and are sent when it is well again', async () => {
    const [page, bob] = [await open('alice'), await open('bob')];
    await openChat(bob, 'Alice');
    let isBroken = true;
    await page.routeWebSocket('**/ws', (socket) => (isBroken ? socket.close() : void socket.connectToServer()));
    await page.route('**/messages', (route) =>
      isBroken && route.request().method() === 'POST'
        ? route.fulfill({ status: 500, json: problem })
        : route.continue(),
    );
    await page.reload();
    await openChat(page, 'Bob Lindqvist');
    for (const text of ['sent into a 500', 'and another one']) {
      await say(page, text);
      await messageOf(page, text).getByRole('img', { name: 'Waiting to be sent' }).waitFor();
    }
    isBroken = false;
    await messageOf(bob, 'and another one').waitFor({ timeout: 60_000 });
    const told = await bob.locator('[data-row] .text').allTextContents();
    expect(told.slice(-2)).toEqual(['sent into a 500', 'and another one']);
    await sent(page, 'and another one').waitFor();
  });

  it('the list cannot be loaded: it says so, and trying again works', async () => {
    const page = await open('dana');
    await page.evaluate(`new Promise((done) => {
      const request = indexedDB.deleteDatabase('parley-cache');
      request.onsuccess = request.onerror = request.onblocked = () => done(true);
    })`);
    let isBroken = true;
    await page.route('**/v1/chats?*', (route) =>
      isBroken
        ? route.fulfill({ status: 403, json: { ...problem, status: 403, code: 'forbidden' } })
        : route.continue(),
    );
    await page.route('**/v1/chats', (route) =>
      isBroken
        ? route.fulfill({ status: 403, json: { ...problem, status: 403, code: 'forbidden' } })
        : route.continue(),
    );
    await page.reload();
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor();
    isBroken = false;
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
    await page.locator('[data-row-link]').first().waitFor();
  });

  it('somebody is removed from the chat they read: it is gone at once, and what they had begun is not sent', async () => {
    const [alice, bob] = [await open('alice'), await open('bob')];
    await openChat(bob, 'Saturday Hikes');
    await bob.getByRole('textbox', { name: 'Message' }).fill('I was about to say');
    await openChat(alice, 'Saturday Hikes');
    await alice.getByRole('button', { name: 'Saturday Hikes' }).click();
    await alice.getByRole('button', { name: 'Actions for Bob Lindqvist' }).click();
    await alice.getByRole('menuitem', { name: 'Remove from chat' }).click();
    await alice.getByRole('dialog').getByRole('button', { name: 'Remove from chat' }).click();
    await bob.getByText('This chat is not there any more').waitFor();
    expect(await bob.getByRole('textbox', { name: 'Message' }).count()).toBe(0);
    expect(await rowOf(bob, 'Saturday Hikes').count()).toBe(0);
    await say(alice, 'now that we are alone');
    await sent(alice, 'now that we are alone').waitFor();
    await bob.reload();
    await bob.getByText('This chat is not there any more').waitFor();
    expect(await bob.getByText('now that we are alone').count()).toBe(0);
    await bob.getByRole('main').getByRole('link').click();
    await rowOf(bob, 'Alice').first().waitFor();
  });
});

const problem = { type: 'about:blank', title: 'Internal error', status: 500, code: 'internal' };
