import { createHttp } from '@parley/client';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { missingBrowser } from '../support/browser.ts';
import { httpOf, register } from '../support/people.ts';
import { barriersOn } from './barriers.ts';
import { messageOf, phone, rowOf, say } from './stage.ts';
import { useVisits } from './visits.ts';

const longest = 8_000;
const family = '👨‍👩‍👧‍👦';

describe.skipIf(missingBrowser !== undefined)('texts and crowds of all sizes', () => {
  const visits = useVisits();
  /** Until then the other one would open the chat at what is unread. */
  const read = (page: Page, text: string) =>
    messageOf(page, text).last().getByRole('img', { name: 'Read', exact: true }).waitFor();
  /** What sticks out of the window at its side. */
  const sticksOut = (page: Page): Promise<number> =>
    page.evaluate(`[...document.querySelectorAll('main *')].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 1 && (right > innerWidth + 1 || left < -1);
    }).length`);

  it('8,000 characters are counted, sent, shown in full and fit into a phone; one more is refused before it is sent', async () => {
    const [page, bob] = [await visits.openChat('alice', 'Bob Lindqvist', phone), await visits.openChat('bob', 'Alice')];
    const field = page.getByRole('textbox', { name: 'Message' });
    const text = `the long one ${'word'.repeat(longest)}`.slice(0, longest - 4);
    await field.fill(`${text}${family.slice(0, 2).repeat(5)}`);
    await page.getByText('1 character too many').waitFor();
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
    await field.fill(`${text}${family.slice(0, 2).repeat(4)}`);
    await page.getByText('0 characters left').waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).tap();
    for (const reader of [page, bob]) {
      const shown = messageOf(reader, 'the long one').locator('.text');
      await shown.waitFor();
      expect([...(await shown.textContent())!.trim()]).toHaveLength(longest);
      expect(await sticksOut(reader)).toBe(0);
    }
    await read(page, 'the long one');
  });

  it('what is too long to be sent is still there after another chat and after a reload', async () => {
    const page = await visits.openChat('alice', 'Emre Yıldız');
    const field = page.getByRole('textbox', { name: 'Message' });
    await field.fill('x'.repeat(longest + 3));
    // Longer than the pause after which a draft is saved.
    await page.waitForTimeout(1_500);
    await rowOf(page, 'Hana Mori').click();
    await page.getByRole('heading', { name: 'Hana Mori', level: 1 }).waitFor();
    await rowOf(page, 'Emre Yıldız').click();
    await page.getByText('3 characters too many').waitFor();
    await page.reload();
    await page.getByText('3 characters too many').waitFor();
    await field.fill('');
  });

  it('words of both directions stand as they are written, each message by itself', async () => {
    const [page, bob] = [await visits.openChat('alice', 'Bob Lindqvist'), await visits.openChat('bob', 'Alice', phone)];
    const texts = [
      'שלום, מה שלומך היום?',
      'The word is مرحبا, she said',
      '123 أهلا وسهلا',
      'turned \u202Earound and left so',
    ];
    for (const text of texts) await say(page, text);
    await messageOf(bob, 'around and left so').waitFor();
    const startOf = (reader: Page, text: string): Promise<'left' | 'right'> => reader.evaluate(startSide(text));
    for (const reader of [page, bob]) {
      expect(await startOf(reader, texts[0]!)).toBe('right');
      expect(await startOf(reader, texts[1]!)).toBe('left');
      expect(await startOf(reader, texts[2]!)).toBe('right');
      // What turns a text around ends with the message: the time after it stands as ever.
      const time = messageOf(reader, 'around and left so').locator('time');
      expect(await time.textContent()).toMatch(/^\d{1,2}:\d\d/);
      const box = (await time.boundingBox())!;
      const bubble = (await messageOf(reader, 'around and left so').locator('.bubble').boundingBox())!;
      expect(box.x).toBeGreaterThan(bubble.x + bubble.width / 3);
      expect(await sticksOut(reader)).toBe(0);
    }
    await read(page, 'around and left so');
  });

  it('a family of emoji is one, and large when it stands alone', async () => {
    const [page, bob] = [await visits.openChat('alice', 'Bob Lindqvist'), await visits.openChat('bob', 'Alice')];
    const sizeOf = (reader: Page, text: string): Promise<number> =>
      reader.evaluate(`parseFloat(getComputedStyle(${bubbleText(text)}).fontSize)`);
    await say(page, family);
    await say(page, `${family}🏳️‍🌈👋🏽`);
    await say(page, `we are ${family}`);
    await messageOf(bob, `we are ${family}`).waitFor();
    for (const reader of [page, bob]) {
      const usual = await sizeOf(reader, `we are ${family}`);
      expect(await sizeOf(reader, `${family}🏳️‍🌈👋🏽`)).toBeGreaterThan(2 * usual);
    }
    await expect.poll(() => rowOf(bob, 'Alice').first().textContent()).toContain(`we are ${family}`);
    await bob.getByRole('textbox', { name: 'Message' }).fill(`${'x'.repeat(118)}${family}`);
    await bob.keyboard.press('Enter');
    await messageOf(page, family)
      .last()
      .locator('.bubble')
      .dblclick({ position: { x: 4, y: 4 } });
    await page.locator('.strip').waitFor();
    await say(page, 'a reply to a cut family');
    const quoted = messageOf(bob, 'a reply to a cut family').locator('.quoted');
    // Never half of a character.
    expect(await quoted.textContent()).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
  });

  it('300 members are listed page by page, found by keys, and keep their places', async () => {
    const { url } = visits.stage.server;
    const login = await createHttp({ baseUrl: url }).call('auth.login', {
      body: { username: 'alice', password: 'testpass' },
    });
    const people = [];
    for (let at = 0; at < 299; at += 13) {
      const group = Array.from({ length: Math.min(13, 299 - at) }, (_, n) => register(url, `crowd${at + n}`));
      people.push(...(await Promise.all(group)));
    }
    const body = { type: 'group' as const, title: 'The Crowd', memberIds: people.map(({ id }) => id) };
    await httpOf(url, login).call('chats.create', { body });
    const page = await visits.open('alice');
    await rowOf(page, 'The Crowd').click();
    await page.getByText('300 members').waitFor();
    await page.getByRole('button', { name: 'The Crowd' }).click();
    const info = page.getByRole('complementary', { name: 'Info' });
    await info.getByRole('heading', { name: '300 members' }).waitFor();
    const rows = info.locator('.members li');
    await rows.nth(99).waitFor();
    for (let known = await rows.count(); known < 300; known = await rows.count()) {
      await info.getByRole('button', { name: 'Show more members' }).click();
      await expect.poll(() => rows.count()).toBeGreaterThan(known);
    }
    expect(await rows.count()).toBe(300);
    expect(await rows.first().textContent()).toContain('@alice');
    await rows.first().getByRole('button').first().focus();
    await page.keyboard.press('End');
    expect(await rows.last().locator(':focus').count()).toBe(1);
    expect(await sticksOut(page)).toBe(0);
    await info.getByRole('button', { name: 'Actions for crowd7', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Remove from chat' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove from chat' }).click();
    await info.getByRole('heading', { name: '299 members' }).waitFor();

    const search = info.getByRole('searchbox', { name: 'Search members' });
    await search.fill('@Crowd29');
    await info.getByText('10 members', { exact: true }).waitFor();
    expect(await rows.count()).toBe(10);
    await info.getByRole('button', { name: 'Actions for crowd298', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Remove from chat' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove from chat' }).click();
    await info.getByText('9 members', { exact: true }).waitFor();
    await search.fill('nobody');
    await info.getByText('Nobody of that name').waitFor();
    expect(await barriersOn(page)).toEqual([]);
    await search.press('Escape');
    await rows.nth(99).waitFor();

    const field = page.getByRole('textbox', { name: 'Message' });
    await field.pressSequentially('hello @crowd297');
    await page.getByRole('option', { name: 'crowd297' }).waitFor();
    await field.press('Enter');
    expect(await field.inputValue()).toMatch(/^hello @crowd297\w* $/);
  }, 240_000);
});

/** The text of the last message that says this, as the page finds it. */
const bubbleText = (text: string): string =>
  `[...document.querySelectorAll('[data-message] .text')].findLast(({ textContent }) => textContent.trim() === ${JSON.stringify(text)})`;

/** On which side its first letter stands, seen from its last. */
const startSide = (text: string): string => `(() => {
  const node = [...${bubbleText(text)}.childNodes].find(({ nodeType, data }) => nodeType === 3 && data.trim() !== '');
  const at = (index) => {
    const range = document.createRange();
    range.setStart(node, index);
    range.setEnd(node, index + 1);
    return range.getBoundingClientRect().left;
  };
  return at(node.data.search(/\\S/)) < at(node.data.trimEnd().length - 1) ? 'left' : 'right';
})()`;
