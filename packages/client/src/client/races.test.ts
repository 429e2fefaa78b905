import type { Chat } from '@parley/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStorage } from '../storage/storage.ts';
import { buildChat, buildMe, buildMessage, buildSettings, position } from '../testing/build.ts';
import { startHttpServer } from '../testing/http-server.ts';
import { startSocketServer } from '../testing/socket-server.ts';
import { until } from '../testing/until.ts';
import { createClient } from './client.ts';

/** What comes later than what it was for. */

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const tokensOf = (userId: string) => ({
  access_token: `access-${userId}`,
  refresh_token: `refresh-${userId}`,
  session_token: 's',
  token_type: 'Bearer',
  expires_in: 900,
  user_id: userId,
});
const pageAt = (sequence: number) => ({
  items: [buildMessage(sequence)],
  participants: [],
  position: position(10),
  hasOlder: true,
  hasNewer: true,
});

/** A server whose answers wait where the test holds them; whoever signs in is whom they name. */
async function start(outboxStorage = createMemoryStorage()) {
  const held = new Map<string, Promise<void>>();
  const bodies = new Map<string, unknown>([
    ['GET /settings', buildSettings()],
    ['GET /chats', { items: [buildChat()], position: position(1) }],
    ['GET /chats/c1/members', { items: [] }],
    ['GET /chats/c1/read-receipts', { items: [] }],
    ['GET /chats/c1/pinned-messages', { items: [], participants: [], position: position(10) }],
  ]);
  const http = await startHttpServer(async ({ method, url, body, headers }) => {
    const [path = '', query = ''] = url.replace('/v1', '').split('?');
    const route = `${method} ${path}`;
    const around = Number(new URLSearchParams(query).get('around'));
    const made: Record<string, () => unknown> = {
      'POST /auth/login': () => tokensOf((body as { username: string }).username),
      'GET /me': () => buildMe({ id: String(headers.authorization).split('-')[1]! }),
      'GET /chats/c1/messages': () => pageAt(around),
    };
    const answer = bodies.get(route) ?? made[route]?.();
    await (held.get(`${route} ${around}`) ?? held.get(route));
    return { status: answer === undefined ? 204 : 200, body: answer };
  });
  const sockets = await startSocketServer();
  const client = createClient({
    baseUrl: http.baseUrl,
    wsUrl: sockets.url,
    storage: createMemoryStorage(),
    outboxStorage,
    onError: () => undefined,
  });
  ends.push(http.close, sockets.close, client.stop);

  const hold = (route: string): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    held.set(route, promise);
    return () => {
      held.delete(route);
      resolve();
    };
  };
  const asked = (route: string): number =>
    http.received.filter(({ method, url }) => `${method} ${url.replace('/v1', '').split('?')[0]}` === route).length;
  const goOnline = async () => {
    const online = client.start();
    const peer = await sockets.accept();
    await peer.receive('auth');
    peer.send({ type: 'auth_ok', userId: 'me', connectionId: 'x' });
    const { positions } = await peer.receive('resume');
    peer.send({ type: 'resumed', topics: Object.keys(positions as object) });
    await online;
    return peer;
  };
  const signIn = (username: string) => client.login({ username, password: 'x' });
  return { client, state: client.store.state, bodies, hold, asked, goOnline, signIn, sockets };
}

const tell = (offset: number, event: string, data: object) => ({
  type: 'event',
  event,
  data,
  topic: 'user:me',
  epoch: 'e1',
  offset,
});

describe('signing in', () => {
  it('while signing out still waits for the server keeps the new session', async () => {
    const { client, state, hold, asked, goOnline, signIn } = await start();
    await signIn('me');
    await goOnline();
    const release = hold('POST /auth/logout');
    const leaving = client.logout();
    await until(() => asked('POST /auth/logout') === 1);
    const entering = signIn('bob');
    await until(() => asked('POST /auth/login') === 2);
    release();
    await Promise.all([leaving, entering]);
    await goOnline();
    expect([client.status, state.me?.id]).toEqual(['online', 'bob']);
  });

  it('does not show what somebody else had asked for', async () => {
    const { client, state, bodies, hold, asked, goOnline, signIn } = await start();
    await signIn('me');
    const release = hold('GET /chats');
    const starting = client.start().catch(() => undefined);
    await until(() => asked('GET /chats') === 1);
    client.stop();
    await starting;
    await signIn('bob');
    bodies.set('GET /chats', { items: [buildChat({ id: 'of-bob' })], position: position(1) });
    release();
    await goOnline();
    expect([state.me?.id, [...state.chats.keys()]]).toEqual(['bob', ['of-bob']]);
  });

  it('tells nothing of what somebody else has read', async () => {
    const { client, goOnline, signIn } = await start();
    await signIn('me');
    await goOnline();
    client.markRead('c1');
    await client.logout();
    await signIn('bob');
    const peer = await goOnline();
    client.markRead('c1', 4);
    expect(await peer.receive('read')).toMatchObject({ sequence: 4 });
  });

  it('twice at once connects once', async () => {
    const { client, goOnline, signIn, asked, sockets } = await start();
    await signIn('me');
    const other = client.start();
    await goOnline();
    await other;
    expect([asked('GET /chats'), sockets.connections()]).toEqual([1, 1]);
  });
});

it('whoever signs out sees nothing any more, also where the storage fails', async () => {
  let isBroken = false;
  const memory = createMemoryStorage();
  const list: typeof memory.list = (prefix) => (isBroken ? Promise.reject(new Error('broken')) : memory.list(prefix));
  const { client, state, goOnline, signIn } = await start({ ...memory, list });
  await signIn('me');
  await goOnline();
  isBroken = true;
  await expect(client.logout()).rejects.toThrow('broken');
  expect([client.status, state.chats.size, await client.isSignedIn()]).toEqual(['signed_out', 0, false]);
});

describe('pages', () => {
  it('that were asked for earlier do not take the place of a later one', async () => {
    const { client, state, hold, asked, goOnline, signIn } = await start();
    await signIn('me');
    await goOnline();
    const release = hold('GET /chats/c1/messages 3');
    const first = client.openChat('c1', { around: 3 });
    await until(() => asked('GET /chats/c1/messages') === 1);
    await client.openChat('c1', { around: 300 });
    release();
    await first;
    expect(state.windows.get('c1')?.items.map(({ sequence }) => sequence)).toEqual([300]);
  });
});

describe('the list', () => {
  it('neither takes away a chat that came while it was fetched, nor brings back one that was left', async () => {
    const { client, state, bodies, hold, asked, goOnline, signIn } = await start();
    bodies.set('GET /settings', buildSettings({ readReceipts: false }));
    await signIn('me');
    const peer = await goOnline();
    bodies.set('GET /settings', buildSettings());
    const release = hold('GET /chats');
    peer.send(tell(2, 'settings.updated', { settings: buildSettings() }));
    await until(() => asked('GET /chats') === 2);
    peer.send(tell(3, 'chat.created', { chat: buildChat({ id: 'new' }) satisfies Chat }));
    peer.send(tell(4, 'chat.left', { chatId: 'c1', reason: 'left' }));
    await until(() => state.chats.has('new') && !state.chats.has('c1'));
    release();
    await until(() => asked('GET /settings') === 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([...state.chats.keys()]).toEqual(['new']);
    expect(client.status).toBe('online');
  });
});

describe('receipts', () => {
  it('are asked for again when they are shown again, and not with each setting', async () => {
    const { client, asked, goOnline, signIn, bodies } = await start();
    await signIn('me');
    const peer = await goOnline();
    await client.openChat('c1');
    const before = asked('GET /chats/c1/read-receipts');
    peer.send(tell(2, 'settings.updated', { settings: buildSettings({ theme: 'dark' }) }));
    await until(() => client.store.state.settings?.theme === 'dark');
    expect(asked('GET /chats/c1/read-receipts')).toBe(before);
    peer.send(tell(3, 'settings.updated', { settings: buildSettings({ readReceipts: false }) }));
    await until(() => client.store.state.settings?.readReceipts === false);
    bodies.set('PUT /settings', buildSettings());
    // The answer comes before its event.
    await client.updateSettings({ readReceipts: true });
    await until(() => asked('GET /chats/c1/read-receipts') === before + 1);
  });
});
