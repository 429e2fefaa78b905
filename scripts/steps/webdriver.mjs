import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const elementKey = 'element-6066-11e4-a52e-4f735466cecf';
const patienceMs = 15_000;
const miniBrowser = ['4.1', '6.0']
  .map((api) => `/usr/lib/x86_64-linux-gnu/webkit2gtk-${api}/MiniBrowser`)
  .find(existsSync);
const firefox = ['/usr/bin/firefox', '/usr/bin/firefox-esr'].find(existsSync);
const isThere = (program) => spawnSync('which', [program]).status === 0;
const headless = process.env.DISPLAY === undefined ? ['xvfb-run', '--auto-servernum'] : [];

/** What is needed beside Chromium, and how it is started: the W3C's protocol, spoken by a driver of the engine's own. */
export const engines = {
  firefox: {
    isInstalled: () => isThere('geckodriver') && firefox !== undefined,
    command: (port) => ['geckodriver', '--port', port],
    capabilities: { 'moz:firefoxOptions': { binary: firefox, args: ['-headless'] } },
  },
  webkit: {
    isInstalled: () =>
      isThere('WebKitWebDriver') && miniBrowser !== undefined && (headless.length === 0 || isThere('xvfb-run')),
    command: (port) => [...headless, 'WebKitWebDriver', `--port=${port}`],
    capabilities: { 'webkitgtk:browserOptions': { binary: miniBrowser, args: ['--automation'] } },
  },
};

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return String(port);
}

export async function openEngine({ command, capabilities }) {
  const port = await freePort();
  const [program, ...args] = command(port);
  const driver = spawn(program, args, { stdio: 'ignore', detached: true });
  const end = () => process.kill(-driver.pid);
  const ask = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const { value } = await response.json();
    if (value?.error !== undefined) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  try {
    await until(() => ask('GET', '/status'), 'a driver');
    const session = await ask('POST', '/session', { capabilities: { alwaysMatch: capabilities } });
    await ask('POST', `/session/${session.sessionId}/timeouts`, { script: 120_000 });
    return createPage((method, path, body) => ask(method, `/session/${session.sessionId}${path}`, body), session, end);
  } catch (error) {
    end();
    throw error;
  }
}

function createPage(ask, { capabilities }, end) {
  const idOf = async (css) => (await ask('POST', '/element', { using: 'css selector', value: css }))[elementKey];
  const find = (css) => until(() => idOf(css), css);
  const run = (script, ...args) => ask('POST', '/execute/sync', { script, args });
  return {
    version: capabilities.browserVersion,
    open: (url) => ask('POST', '/url', { url }),
    find,
    run,
    /** Whatever the function of the page resolves to. */
    work: (work) =>
      ask('POST', '/execute/async', {
        script: `const done = arguments[0]; (${work})().then(done, (e) => done(String(e)))`,
        args: [],
      }),
    until: (script, what) => until(() => run(script), what),
    click: async (css) => ask('POST', `/element/${await find(css)}/click`, {}),
    type: async (css, text) => ask('POST', `/element/${await find(css)}/value`, { text }),
    close: () => ask('DELETE', '').finally(end),
  };
}

async function until(look, what) {
  const last = Date.now() + patienceMs;
  for (;;) {
    const found = await look().catch(() => undefined);
    if (found) return found;
    if (Date.now() > last) throw new Error(`${what} did not come`);
    await pause(100);
  }
}
