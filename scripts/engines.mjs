#!/usr/bin/env node
// The main way through the app in Firefox and in WebKit (Safari's engine), whichever is installed; CI knows Chromium only.
// Usage: npm run engines [-- --only webkit]. On Debian: firefox-esr, webkit2gtk-driver and xvfb; geckodriver by cargo install.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startDemo } from './steps/demo.mjs';
import { fail, say } from './steps/project.mjs';
import { engines, openEngine } from './steps/webdriver.mjs';

const { values: flags } = parseArgs({ options: { only: { type: 'string' } } });
const field = '.composer textarea';
const [enter, shift] = ['\uE007', '\uE008'];

const openChat = async (page, title) => {
  await page.until(
    `return [...document.querySelectorAll('[data-row-link]')].some((row) => row.textContent.includes('${title}') && (row.click(), true))`,
    title,
  );
  await page.until(`return document.querySelector('[data-row]') !== null`, `messages of ${title}`);
};

const steps = {
  async 'signs in'(page, url) {
    await page.open(`${url}/login`);
    await page.type('input[autocomplete~="username"]', 'alice');
    await page.type('input[type="password"]', 'testpass');
    await page.click('button[type="submit"]');
    await page.find('[data-row-link]');
  },
  async 'sends, and hears what others send'(page, url) {
    await openChat(page, 'Bob Lindqvist');
    await page.type(field, `Is it you?${enter}`);
    await answerAsBob(url, 'It is me.');
    await page.until(`return document.querySelector('[data-chat]').textContent.includes('It is me.')`, 'the answer');
  },
  async 'stays at the end while several lines are written'(page) {
    for (const line of ['one', 'two', 'three', 'four', 'five'])
      await page.type(field, `${line}${shift}${enter}${shift}`);
    await pause(300);
    const away = await page.run(
      `const list = document.querySelector('[data-chat]'); return list.scrollHeight - list.scrollTop - list.clientHeight`,
    );
    if (away > 1) throw new Error(`the end is ${away} px away`);
  },
  async 'keeps what is read in its place, up and down a long chat'(page) {
    await openChat(page, 'Elm Street 12');
    const jumps = await page.work(walkUpAndDown);
    if (jumps !== 0) throw new Error(`${jumps} jumps`);
  },
  /** Safari sets pages aside with all they hold. */
  async 'opens again and again'(page, url) {
    for (const section of ['about', 'privacy', 'language', 'about']) {
      await page.open(`${url}/app/settings/${section}`);
      await page.find('[data-row-link]');
    }
  },
  async 'opens without its server'(page, url, stop) {
    await page.until('return navigator.serviceWorker.controller !== null', 'the worker of the app');
    await pause(1_500);
    await stop();
    await page.open(`${url}/app`);
    await page.find('[data-row-link]');
  },
};

/** Runs in the page: scrolls by steps, and counts how often a message that stays in sight moves by something else. */
async function walkUpAndDown() {
  const list = document.querySelector('[data-chat]');
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const settled = () => frame().then(frame);
  const isInSight = (row) => row.getBoundingClientRect().bottom > list.getBoundingClientRect().top + 60;
  let jumps = 0;
  for (const step of [...Array(40).fill(-437), ...Array(50).fill(451)]) {
    const row = [...list.querySelectorAll('[data-row]')].find(isInSight);
    const [top, from] = [row.getBoundingClientRect().top, list.scrollTop];
    list.scrollTop += step;
    const wanted = top - (list.scrollTop - from);
    await settled();
    if (row.isConnected && Math.abs(row.getBoundingClientRect().top - wanted) > 1) jumps += 1;
  }
  return jumps;
}

async function answerAsBob(url, content) {
  const ask = async (path, token, body) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(`${url}/v1${path}`, {
      method: body ? 'POST' : 'GET',
      headers,
      body: body && JSON.stringify(body),
    });
    return response.json();
  };
  const { access_token: token } = await ask('/auth/login', undefined, { username: 'bob', password: 'testpass' });
  const { items } = await ask('/chats?limit=100', token);
  const chat = items.find(
    ({ type, participants }) => type === 'direct' && participants.some((one) => one.username === 'alice'),
  );
  await ask(`/chats/${chat.id}/messages`, token, { content });
}

async function walk(name) {
  const demo = await startDemo();
  let stopping;
  const stop = () => {
    stopping ??= demo.stop();
    return stopping;
  };
  let page;
  try {
    page = await openEngine(engines[name]);
    say(`${name} ${page.version}`);
    for (const [step, take] of Object.entries(steps)) {
      await take(page, demo.url, stop);
      say(`  ${step}`);
    }
  } finally {
    await page?.close();
    await stop();
  }
}

for (const name of Object.keys(engines)) {
  if (flags.only !== undefined && flags.only !== name) continue;
  if (engines[name].isInstalled()) await walk(name).catch((error) => fail(`${name}: ${error.message}`));
  else say(`skipped: ${name} and its driver are not installed`);
}
