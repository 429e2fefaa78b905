import type { LoggedEvent, SyncResult } from '@parley/contract';
import { afterEach, describe, expect, it } from 'vitest';
import type { Cache } from '../cache/cache.ts';
import { createMemoryCache } from '../cache/memory-cache.ts';
import { createMemoryStorage } from '../storage/storage.ts';
import { allAsWanted } from '../store/commands.ts';
import { buildChat, buildMe, buildMessage, buildParticipant, buildSettings, position } from '../testing/build.ts';
import { type Answer, startHttpServer } from '../testing/http-server.ts';
import { type Peer, startSocketServer } from '../testing/socket-server.ts';
import { until } from '../testing/until.ts';
import { createClient } from './client.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const tokens = {
  access_token: 'a',
  refresh_token: 'r',
  session_token: 's',
  token_type: 'Bearer',
  expires_in: 900,
  user_id: 'me',
};
const items = [1, 2, 3, 4, 5].map((sequence) => buildMessage(sequence));
const page = { items, participants: [], position: position(10), hasOlder: false, hasNewer: false };
const nothingNew: SyncResult = { events: [], positions: {}, resync: [], gone: [], hasMore: false };
const c2 = buildChat({ id: 'c2', lastMessage: buildMessage(5, { chatId: 'c2' }) });

type Answers = Record<string, Answer | 'cut' | ((body: unknown) => Answer)>;

/** A server, and what one browser keeps between visits. */
async function start() {
  const answers: Answers = {
    'POST /auth/login': { status: 200, body: tokens },
    'GET /me': { status: 200, body: buildMe() },
    'GET /settings': { status: 200, body: buildSettings() },
    'GET /chats': { status: 200, body: { items: [buildChat(), c2], position: position(1) } },
    'GET /chats/c1/messages': { status: 200, body: page },
    'GET /chats/c1/members': { status: 200, body: { items: [buildParticipant('bob')] } },
    'GET /chats/c1/read-receipts': {
      status: 200,
      body: { items: [{ userId: 'bob', sequence: 2, readAt: page.items[0]!.sentAt }] },
    },
    'GET /chats/c1/pinned-messages': { status: 200, body: { items: [], participants: [], position: position(10) } },
    'POST /sync': { status: 200, body: nothingNew },
  };
  let isCut = false;
  const http = await startHttpServer(({ method, url, body }) => {
    const answer = answers[`${method} ${url.replace('/v1', '').split('?')[0]}`] ?? { status: 204 };
    return isCut ? 'cut' : typeof answer === 'function' ? answer(body) : answer;
  });
  const sockets = await startSocketServer();
  ends.push(http.close, sockets.close);
  const [cache, storage] = [createMemoryCache(), createMemoryStorage()];
  const errors: unknown[] = [];

  const visit = (given: Cache = cache) => {
    const client = createClient({
      baseUrl: http.baseUrl,
      wsUrl: sockets.url,
      cache: given,
      storage,
      onError: (error) => errors.push(error),
    });
    ends.push(client.stop);
    return client;
  };
  const goOnline = async (): Promise<Peer> => {
    const peer = await sockets.accept();
    await peer.receive('auth');
    peer.send({ type: 'auth_ok', userId: 'me', connectionId: 'x' });
    const { positions } = await peer.receive('resume');
    peer.send({ type: 'resumed', topics: Object.keys(positions as object) });
    return peer;
  };
  /** A first visit that opened a chat. */
  const firstVisit = async () => {
    const client = visit();
    await client.login({ username: 'me', password: 'x' });
    const online = client.start();
    await goOnline();
    await online;
    await client.openChat('c1');
    client.stop();
    http.received.length = 0;
    return client;
  };
  const cut = (isOff: boolean): void => {
    isCut = isOff;
  };
  return { answers, http, visit, firstVisit, goOnline, cut, cache, errors };
}

type Visited = ReturnType<Awaited<ReturnType<typeof start>>['visit']>;

/** Starting goes on until the test ends. */
function startLater(client: Visited): Promise<unknown> {
  return client.start().catch((error: unknown) => error);
}

const logged = (topic: string, offset: number, event: string, data: object): LoggedEvent => ({
  topic,
  epoch: 'e1',
  offset,
  event,
  data: data as LoggedEvent['data'],
});
const newMessage = (sequence: number) =>
  logged('chat:c1', sequence + 5, 'message.new', { chatId: 'c1', message: buildMessage(sequence) });

describe('without a network', () => {
  it('shows what an earlier visit loaded, and opens chats from it', async () => {
    const { firstVisit, visit, cut } = await start();
    await firstVisit();
    cut(true);
    const client = visit();
    void startLater(client);
    await until(() => client.store.state.me !== undefined);
    await client.openChat('c1');
    const { state } = client.store;
    expect([...state.chats.keys()]).toEqual(['c1', 'c2']);
    expect(state.windows.get('c1')!.items).toEqual(items);
    expect(state.receipts.get('c1')!.get('bob')!.sequence).toBe(2);
    expect(state.fullMembers.has('c1')).toBe(true);
    expect(client.status).toBe('connecting');
  });

  it('waits for what is being read from the cache, rather than asking for it', async () => {
    const { firstVisit, visit, goOnline, cache, http } = await start();
    await firstVisit();
    const { promise, resolve } = Promise.withResolvers<void>();
    const slow: Cache = {
      ...cache,
      async *histories() {
        await promise;
        yield* cache.histories();
      },
    };
    const client = visit(slow);
    const online = client.start();
    await until(() => client.store.state.me !== undefined);
    const opened = client.openChat('c1');
    setTimeout(resolve, 50);
    await opened;
    await goOnline();
    await online;
    expect(client.store.state.windows.get('c1')!.items).toEqual(items);
    expect(http.received.some(({ url }) => url.includes('/messages'))).toBe(false);
  });

  it('keeps what is written, and sends it when the network is back', async () => {
    const { firstVisit, visit, cut, answers, http, goOnline } = await start();
    answers['POST /chats/c1/messages'] = { status: 202, body: { id: 'm6', chatId: 'c1', brokerMessageId: 'm6' } };
    await firstVisit();
    cut(true);
    const client = visit();
    void startLater(client);
    await until(() => client.store.state.me !== undefined);
    const sent = client.send('c1', { content: 'written under way' });
    await until(() => client.store.state.pending.get('c1')?.[0]?.state === 'queued');
    cut(false);
    await Promise.race([goOnline(), sent]);
    expect(await sent).toMatchObject({ id: 'm6' });
    expect(http.received.find(({ url }) => url.endsWith('/c1/messages'))!.body).toMatchObject({
      content: 'written under way',
    });
  });

  it('edits and deletions wait with what they are about, and are taken back where the server refuses', async () => {
    const { firstVisit, visit, cut, answers, http, goOnline } = await start();
    answers['PUT /chats/c1/messages/m5'] = { status: 200, body: buildMessage(5, { content: 'better' }) };
    answers['DELETE /chats/c1/messages/m4'] = { status: 403, body: { code: 'forbidden', title: 'no' } };
    await firstVisit();
    cut(true);
    const offline = visit();
    void startLater(offline);
    await until(() => offline.store.state.me !== undefined);
    offline.edit('c1', 'm5', 'better').catch(() => undefined);
    offline.remove('c1', 'm4', { forEveryone: true }).catch(() => undefined);
    await until(() => offline.store.state.commands.get('c1')?.length === 2);
    offline.stop();
    const client = visit();
    const takenBack: string[] = [];
    client.onTakenBack(({ messageId }, code) => takenBack.push(`${messageId} ${code}`));
    const online = client.start();
    await until(() => client.store.state.commands.get('c1')?.length === 2);
    const { state } = client.store;
    const shown = allAsWanted(state.windows.get('c1')?.items ?? items, state.commands.get('c1')!);
    expect(shown.map(({ content }) => content).slice(-2)).toEqual(['', 'better']);
    const puts = () => http.received.filter(({ method }) => method === 'PUT').length;
    const triedInVain = puts();
    cut(false);
    await goOnline();
    await online;
    await until(() => state.commands.size === 0);
    expect(takenBack).toEqual(['m4 forbidden']);
    expect(state.windows.get('c1')!.items.at(-1)!.content).toBe('better');
    expect(puts() - triedInVain).toBe(1);
  });

  it('reactions wait, each click turns what is shown, and the last wish counts', async () => {
    const { firstVisit, visit, cut, answers, http, goOnline } = await start();
    answers['POST /chats/c1/messages/m5/reactions'] = { status: 200, body: { action: 'added' } };
    answers['POST /chats/c1/messages/m4/reactions'] = {
      status: 422,
      body: { code: 'too_many_reactions', title: 'no' },
    };
    await firstVisit();
    cut(true);
    const client = visit();
    const online = startLater(client);
    const { state } = client.store;
    await until(() => state.me !== undefined);
    await client.openChat('c1').catch(() => undefined);
    const takenBack: string[] = [];
    client.onTakenBack((command, code) => takenBack.push(`${command.kind} ${command.messageId} ${code}`));
    for (const id of ['m5', 'm4', 'm5', 'm5']) client.react('c1', id, '👍').catch(() => undefined);
    const shown = () => allAsWanted(state.windows.get('c1')!.items, state.commands.get('c1') ?? []).slice(-2);
    const reactions = [{ emoji: '👍', count: 1, me: true }];
    expect(shown(), 'at once').toMatchObject([{ reactions }, { reactions }]);
    http.received.length = 0;
    cut(false);
    await goOnline();
    await online;
    await until(() => state.commands.size === 0);
    const asked = http.received.filter(({ url }) => url.endsWith('/m5/reactions')).map(({ body }) => body);
    expect(asked).toEqual([true, false, true].map((isWanted) => ({ emoji: '👍', isWanted })));
    expect(takenBack).toEqual(['react m4 too_many_reactions']);
    expect(shown()[0]).not.toHaveProperty('reactions');
    expect(shown()[1]).toMatchObject({ reactions });
  });

  it('reading counts later, also after another visit', async () => {
    const { firstVisit, visit, cut, goOnline } = await start();
    await firstVisit();
    cut(true);
    const offline = visit();
    void startLater(offline);
    await until(() => offline.store.state.me !== undefined);
    offline.markRead('c1');
    offline.stop();
    cut(false);
    const client = visit();
    const online = client.start();
    const peer = await goOnline();
    await online;
    expect(client.store.state.chats.get('c1')).toMatchObject({ readSequence: 5, unreadCount: 0 });
    expect(await peer.receive('read')).toMatchObject({ chatId: 'c1', sequence: 5 });
  });
});

describe('catching up', () => {
  it('asks for what came after the kept positions, page by page, before it goes live', async () => {
    const { firstVisit, visit, goOnline, answers, http } = await start();
    await firstVisit();
    const pages: SyncResult[] = [
      { ...nothingNew, positions: { 'user:me': position(1) } },
      { ...nothingNew, events: [newMessage(6)], positions: { 'chat:c1': position(11) }, hasMore: true },
      { ...nothingNew, events: [newMessage(7)], positions: { 'chat:c1': position(15) } },
    ];
    const asked: unknown[] = [];
    answers['POST /sync'] = (body) => {
      asked.push(body);
      return { status: 200, body: pages.shift() };
    };
    const client = visit();
    const heard: number[] = [];
    client.on('message.new', ({ message }) => heard.push(message.sequence));
    const online = client.start();
    await goOnline();
    await online;
    expect(asked).toMatchObject([
      { positions: { 'user:me': position(1) } },
      { positions: { 'chat:c1': position(10), 'chat:c2': position(10) } },
      { positions: { 'chat:c1': position(11), 'chat:c2': position(10) } },
    ]);
    const { state } = client.store;
    expect(state.windows.get('c1')!.items.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(state.chats.get('c1')).toMatchObject({ lastSequence: 7, unreadCount: 4 });
    expect(state.positions.get('chat:c1')).toEqual(position(15));
    expect(heard).toEqual([6, 7]);
    expect(http.received.some(({ url }) => url.includes('/messages'))).toBe(false);
  });

  it('passes over nothing that the person’s own log told meanwhile', async () => {
    const { firstVisit, visit, goOnline, answers } = await start();
    await firstVisit();
    answers['GET /chats'] = { status: 200, body: { items: [buildChat(), c2], position: position(9) } };
    const client = visit();
    const online = client.start();
    await goOnline();
    await online;
    expect(client.store.state.positions.get('user:me')).toEqual(position(1));
  });

  it('starts the person’s own log anew where it cannot be continued, and loads messages again', async () => {
    const { firstVisit, visit, goOnline, answers } = await start();
    await firstVisit();
    answers['GET /chats'] = { status: 200, body: { items: [buildChat(), c2], position: position(9) } };
    answers['POST /sync'] = (body) => {
      const isOwn = 'user:me' in (body as { positions: object }).positions;
      return { status: 200, body: { ...nothingNew, resync: isOwn ? ['user:me'] : [] } };
    };
    const client = visit();
    const online = client.start();
    await goOnline();
    await online;
    expect(client.store.state.positions.get('user:me')).toEqual(position(9));
    expect(client.store.state.windows.size).toBe(0);
  });

  it('drops what may not be seen any more, and takes anew what cannot be continued', async () => {
    const { firstVisit, visit, goOnline, answers } = await start();
    await firstVisit();
    const restored = buildChat({ title: 'Restored', position: position(3, 'e2') });
    answers['GET /chats'] = { status: 200, body: { items: [restored], position: position(1, 'e2') } };
    answers['POST /sync'] = (body) => {
      const topics = Object.keys((body as { positions: object }).positions);
      const has = (topic: string): string[] => (topics.includes(topic) ? [topic] : []);
      return { status: 200, body: { ...nothingNew, resync: has('chat:c1'), gone: has('chat:c2') } };
    };
    const client = visit();
    const online = client.start();
    await goOnline();
    await online;
    const { state } = client.store;
    expect([...state.chats.values()].map(({ id, title }) => [id, title])).toEqual([['c1', 'Restored']]);
    expect(state.positions.get('chat:c1')).toEqual(position(3, 'e2'));
    expect(state.windows.size).toBe(0);
  });

  it('replaces what is on the screen in one step', async () => {
    const { firstVisit, visit, goOnline, answers } = await start();
    await firstVisit();
    const fresh = [buildMessage(1, { content: 'restored' })];
    answers['GET /chats/c1/messages'] = { status: 200, body: { ...page, items: fresh, position: position(3, 'e2') } };
    answers['GET /chats/c1'] = { status: 200, body: buildChat({ position: position(3, 'e2') }) };
    answers['POST /sync'] = (body) => {
      const isOwn = 'user:me' in (body as { positions: object }).positions;
      return { status: 200, body: { ...nothingNew, resync: isOwn ? [] : ['chat:c1'] } };
    };
    const client = visit();
    const sizes = new Set<number | undefined>();
    client.store.subscribe(() => sizes.add(client.store.state.windows.get('c1')?.items.length));
    const online = client.start();
    await until(() => client.store.state.me !== undefined);
    await client.openChat('c1');
    sizes.clear();
    await goOnline();
    await online;
    expect(client.store.state.windows.get('c1')!.items).toEqual(fresh);
    expect([...sizes]).not.toContain(undefined);
  });
});

describe('the cache', () => {
  it('is empty after signing out', async () => {
    const { firstVisit, visit, cache } = await start();
    await firstVisit();
    await visit().logout();
    expect(await cache.open('me')).toBeUndefined();
  });

  it('is empty when the server ended the session', async () => {
    const { firstVisit, visit, cache, answers } = await start();
    await firstVisit();
    const refused = { status: 401, body: { code: 'session_ended', title: 'over' } };
    for (const route of ['POST /sync', 'GET /chats', 'POST /auth/refresh']) answers[route] = refused;
    await expect(visit().start()).rejects.toMatchObject({ code: 'session_ended' });
    expect(await cache.open('me')).toBeUndefined();
  });

  it('that the server does not take is given up, but for what waits to be sent', async () => {
    const { firstVisit, visit, goOnline, answers, cut } = await start();
    await firstVisit();
    answers['POST /sync'] = { status: 422, body: { code: 'validation_error', title: 'strange positions' } };
    cut(true);
    const client = visit();
    const online = client.start();
    await until(() => client.store.state.me !== undefined);
    client.send('c1', { content: 'waits' }).catch(() => undefined);
    await until(() => client.store.state.pending.size === 1);
    answers['POST /chats/c1/messages'] = { status: 503 };
    cut(false);
    await goOnline();
    await online;
    expect([...client.store.state.chats.keys()]).toEqual(['c1', 'c2']);
    expect(client.store.state.pending.get('c1')).toMatchObject([{ content: 'waits' }]);
  });

  it('may be missing or broken', async () => {
    const { firstVisit, visit, goOnline, errors } = await start();
    await firstVisit();
    const refuse = async (): Promise<never> => {
      throw new Error('no such thing');
    };
    const broken: Cache = { open: refuse, write: refuse, wipe: refuse, histories: async function* () {} };
    const client = visit(broken);
    const online = client.start();
    await goOnline();
    await online;
    expect(client.store.state.chats.size).toBe(2);
    await client.logout();
    expect(errors).toEqual([]);
  });
});
