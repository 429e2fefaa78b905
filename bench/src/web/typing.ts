import type { Page } from 'playwright-core';
import { type Person, request } from '../people.ts';
import { printTable } from '../report.ts';
import { median } from '../stats.ts';
import { ask, openContext } from './browser.ts';
import type { Crowd } from './crowd.ts';
import type { Place } from './loading.ts';
import { workOf } from './work.ts';

/** ms between two keys: faster than anybody writes for long. */
const pauseMs = 40;
const sentence = 'The quick brown fox jumps over the lazy dog, and nobody minds. '.repeat(3);
const composer = '.composer textarea';

interface Field {
  name: string;
  path: string;
  selector: string;
  /** What is there before. */
  before?: string;
  text: string;
}

interface Run {
  /** ms from each key to the paint after it. */
  keys: number[];
  longTasks: number;
  /** ms of work in the biggest task of the main thread. */
  mostWork: number;
}

/** Words into the fields in which most happens with each key. */
export async function benchTyping(place: Place, crowd: Crowd, port: number, writer: Person): Promise<void> {
  const long = `/app/c/${place.longChatId}`;
  const talk = { path: long, selector: composer, text: sentence };
  const say = () => request(port, 'POST', `/chats/${place.longChatId}/messages`, writer.token, { content: 'Go on!' });
  const rows: [string, Run][] = [];
  const type = async (field: Field, as: Place | Crowd = place): Promise<void> => {
    rows.push([field.name, await typeInto(as, field)]);
  };
  await type({ name: 'a message, in the long chat', ...talk });
  await whileDoing(say, () => type({ name: 'the same, while 20 messages a second come into it', ...talk }));
  await type({ name: 'the end of a message of 7,800 characters', ...talk, before: 'So it goes. '.repeat(650) });
  const group = `/app/c/${crowd.groupId}`;
  const mention = { path: group, selector: composer, text: '@member12 @member29 @Member 1' };
  await type({ name: `names, in a group of ${crowd.members}`, ...mention }, crowd);
  const search = { path: '/app', selector: '[type="search"]', text: 'everybody is here' };
  await type({ name: `a search, in a list of ${crowd.chats.toLocaleString('en')} chats`, ...search }, crowd);
  printTable(
    `Web app: typing, a key every ${pauseMs} ms`,
    ['', 'keys', 'from key to paint, ms', 'slowest', 'tasks > 50 ms', 'most work in one, ms', 'bar'],
    rows.map(([name, { keys, longTasks, mostWork }]) => [
      name,
      keys.length,
      median(keys),
      Math.max(...keys),
      longTasks,
      mostWork,
      '<= 50',
    ]),
  );
}

async function typeInto({ browser, url, session }: Place | Crowd, field: Field): Promise<Run> {
  const context = await openContext(browser, url, session);
  const page = await context.newPage();
  await page.goto(field.path);
  const target = page.locator(field.selector);
  await target.fill(field.before ?? '');
  await target.press('End');
  await page.waitForTimeout(2_000);
  const run = await watch(page, () => page.keyboard.type(field.text, { delay: pauseMs }));
  // The next one begins with an empty field.
  await target.fill('');
  await page.waitForTimeout(1_000);
  await context.close();
  return run;
}

async function watch(page: Page, act: () => Promise<unknown>): Promise<Run> {
  await ask(page, 'void (globalThis.stopKeys = bench.watchKeys(), globalThis.stopFrames = bench.watchFrames())');
  const { most } = await workOf(page, act);
  const keys = await ask<number[]>(page, 'globalThis.stopKeys()');
  const { tasks } = await ask<{ tasks: number[] }>(page, 'globalThis.stopFrames()');
  return { keys, longTasks: tasks.filter((ms) => ms > 50).length, mostWork: most };
}

/** The one again and again, 20 times a second, until the other is over. */
async function whileDoing(again: () => Promise<unknown>, act: () => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  const timer = setInterval(() => void again().catch((error) => failures.push(error)), 50);
  await act().finally(() => clearInterval(timer));
  if (failures.length > 0) throw failures[0];
}
