import type { Tokens } from '@parley/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStorage, type Storage } from '../storage/storage.ts';
import { type Answer, startHttpServer } from '../testing/http-server.ts';
import { until } from '../testing/until.ts';
import { createHttp } from './http.ts';
import { createSession } from './session.ts';

const issue = (generation: number, expires_in = 900): Tokens => ({
  access_token: `access-${generation}`,
  refresh_token: `refresh-${generation}`,
  session_token: 's',
  token_type: 'Bearer',
  expires_in,
  user_id: 'u1',
});

const refusal = (code: string): Answer => ({
  status: 401,
  body: { type: 'about:blank', title: code, status: 401, code },
});

type Server = Awaited<ReturnType<typeof startHttpServer>>;
let server: Server | undefined;
afterEach(() => server?.close());

/** A server that takes one access token and one refresh token at a time, as the real one does. */
async function start(refreshing: { answer?: (n: number) => Answer | 'cut' } = {}) {
  let generation = 1;
  let refreshes = 0;
  server = await startHttpServer(async ({ url, headers, body }) => {
    if (url !== '/v1/auth/refresh') {
      return headers.authorization === `Bearer access-${generation}` ? { status: 204 } : refusal('invalid_token');
    }
    refreshes += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    const answer = refreshing.answer?.(refreshes);
    if (answer !== undefined) return answer;
    const { refresh_token } = body as { refresh_token: string };
    if (refresh_token !== `refresh-${generation}`) return refusal('refresh_reused');
    generation += 1;
    return { status: 200, body: issue(generation) };
  });
  return {
    expire: () => {
      generation += 1;
      return issue(generation - 1);
    },
    refreshes: () => refreshes,
    current: () => generation,
  };
}

function openTab(storage: Storage, now: () => number = Date.now) {
  const events: string[] = [];
  const bare = createHttp({ baseUrl: server!.baseUrl });
  const session = createSession({
    storage,
    refresh: (refresh_token) => bare.call('auth.refresh', { body: { refresh_token } }),
    onSignedOut: () => events.push('signed out'),
    now,
  });
  const http = createHttp({ baseUrl: server!.baseUrl, tokens: session });
  return { session, events, ping: () => http.call('chats.leave', { params: { chatId: 'c' } }) };
}

/** The server no longer takes the access token, but still the refresh token. */
const staleTokens = (): Tokens => ({ ...issue(1), access_token: 'access-0' });

describe('refreshing', () => {
  it('happens once for all calls that are refused together', async () => {
    const { refreshes } = await start();
    const { session, ping } = openTab(createMemoryStorage());
    await session.begin(staleTokens());
    await Promise.all(Array.from({ length: 10 }, ping));
    expect(refreshes()).toBe(1);
  });

  it('that fails is one failure for all of them', async () => {
    const { refreshes } = await start({ answer: () => ({ status: 503 }) });
    const { session, ping } = openTab(createMemoryStorage());
    await session.begin(staleTokens());
    const results = await Promise.allSettled(Array.from({ length: 10 }, ping));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(refreshes()).toBe(1);
  });

  it('happens once for all tabs that share a storage', async () => {
    const { refreshes } = await start();
    const storage = createMemoryStorage();
    const tabs = [openTab(storage), openTab(storage), openTab(storage)];
    await tabs[0]!.session.begin(staleTokens());
    for (const { session } of tabs) await session.current();
    await Promise.all(tabs.map(({ ping }) => ping()));
    expect(refreshes()).toBe(1);
    expect(tabs.flatMap(({ events }) => events)).toEqual([]);
  });

  it('happens before the end of the token', async () => {
    const { refreshes } = await start();
    let now = 0;
    const { session, ping } = openTab(createMemoryStorage(), () => now);
    await session.begin(issue(1, 900));
    now = 869_000;
    await ping();
    expect(refreshes()).toBe(0);
    now = 871_000;
    await ping();
    expect(refreshes()).toBe(1);
    expect(server!.received.at(-1)!.headers.authorization).toBe('Bearer access-2');
  });

  it('survives a reload', async () => {
    await start();
    const storage = createMemoryStorage();
    await openTab(storage).session.begin(issue(1));
    const later = openTab(storage);
    expect(await later.session.current()).toMatchObject({ userId: 'u1', accessToken: 'access-1' });
    await later.ping();
  });
});

describe('signing out', () => {
  it.each(['invalid_token', 'refresh_reused', 'session_ended'])('follows a definite refusal: %s', async (code) => {
    await start({ answer: () => refusal(code) });
    const { session, events, ping } = openTab(createMemoryStorage());
    await session.begin(staleTokens());
    await expect(ping()).rejects.toMatchObject({ status: 401 });
    expect(events).toEqual(['signed out']);
    expect(await session.current()).toBeUndefined();
  });

  it.each([
    ['the network broke', 'cut'],
    ['the server was not ready', { status: 503 }],
  ] as const)('never follows from the fact that %s', async (_, trouble) => {
    await start({ answer: (n) => (n === 1 ? trouble : { status: 200, body: issue(1) }) });
    const { session, events, ping } = openTab(createMemoryStorage());
    await session.begin(staleTokens());
    await expect(ping()).rejects.toMatchObject({ code: trouble === 'cut' ? 'network' : 'unavailable' });
    await ping();
    expect(events).toEqual([]);
  });

  it('never follows from a refresh that another tab, without locks, was quicker with', async () => {
    await start();
    const shared = createMemoryStorage();
    const unlocked: Storage = { ...shared, locks: { hold: (_name, run) => run() } };
    const tabs = [openTab(unlocked), openTab({ ...unlocked })];
    await tabs[0]!.session.begin(staleTokens());
    for (const { session } of tabs) await session.current();
    await Promise.all(tabs.map(({ ping }) => ping()));
    expect(tabs.flatMap(({ events }) => events)).toEqual([]);
  });

  it('in another tab is noticed with the next refusal', async () => {
    const { expire } = await start();
    const storage = createMemoryStorage();
    const tabs = [openTab(storage), openTab(storage)];
    await tabs[0]!.session.begin(expire());
    await tabs[1]!.session.current();
    await tabs[0]!.session.end();
    await expect(tabs[1]!.ping()).rejects.toMatchObject({ code: 'invalid_token' });
    expect(tabs.map(({ events }) => events)).toEqual([[], ['signed out']]);
  });

  it('also follows when another tab signed somebody else in, who stays', async () => {
    await start();
    const storage = createMemoryStorage();
    const tabs = [openTab(storage), openTab(storage)];
    await tabs[0]!.session.begin(staleTokens());
    await tabs[1]!.session.begin({ ...issue(1), user_id: 'u2' });
    await expect(tabs[0]!.ping()).rejects.toMatchObject({ status: 401 });
    expect(tabs.map(({ events }) => events)).toEqual([['signed out'], []]);
    expect(await tabs[1]!.session.current()).toMatchObject({ userId: 'u2' });
    expect(await openTab(storage).session.current()).toMatchObject({ userId: 'u2' });
  });

  it('also follows when that happens while this tab renews, and the answer changes nothing', async () => {
    await start();
    const storage = createMemoryStorage();
    const tabs = [openTab(storage), openTab(storage)];
    await tabs[0]!.session.begin(staleTokens());
    const pinging = tabs[0]!.ping();
    await until(() => server!.received.some(({ url }) => url.endsWith('refresh')));
    await tabs[1]!.session.begin({ ...issue(7), user_id: 'u2' });
    await expect(pinging).rejects.toMatchObject({ status: 401 });
    expect(tabs.map(({ events }) => events)).toEqual([['signed out'], []]);
    expect(await openTab(storage).session.current()).toMatchObject({ userId: 'u2', accessToken: 'access-7' });
  });

  it('here, while the tokens are renewed, is not undone by the answer', async () => {
    await start();
    const storage = createMemoryStorage();
    const { session, events, ping } = openTab(storage);
    await session.begin(staleTokens());
    const pinging = ping();
    await until(() => server!.received.some(({ url }) => url.endsWith('refresh')));
    await session.end();
    await expect(pinging).rejects.toMatchObject({ status: 401 });
    expect([await session.current(), events]).toEqual([undefined, []]);
  });

  it('lends the tokens of whoever comes next to nothing that was asked before', async () => {
    await start();
    const storage = createMemoryStorage();
    const tabs = [openTab(storage), openTab(storage)];
    await tabs[0]!.session.begin(staleTokens());
    await tabs[1]!.session.begin({ ...issue(1), user_id: 'u2' });
    for (let times = 0; times < 2; times += 1) await expect(tabs[0]!.ping()).rejects.toMatchObject({ status: 401 });
    expect(tabs[0]!.events).toEqual(['signed out']);
    const asked = (await tabs[1]!.session.accessToken()) ?? '';
    await tabs[1]!.session.end();
    await tabs[1]!.session.begin({ ...issue(2), user_id: 'u3' });
    expect(await tabs[1]!.session.renew(asked)).toBeUndefined();
  });

  it('is how a session that cannot be read is taken', async () => {
    await start();
    const storage = createMemoryStorage();
    await storage.set('session', '{');
    expect(await openTab(storage).session.current()).toBeUndefined();
  });
});
