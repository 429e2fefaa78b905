import type { Position } from '@parley/contract';
import { afterEach, describe, expect, it } from 'vitest';
import type { ClientEvent } from '../store/store.ts';
import { createStore } from '../store/store.ts';
import { buildChat, buildMessage, position } from '../testing/build.ts';
import { type Peer, startSocketServer } from '../testing/socket-server.ts';
import { until } from '../testing/until.ts';
import { createBackoff } from './backoff.ts';
import { createRealtime, type RealtimeOptions, type Status } from './realtime.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A client with the chats `c1` and `c2` at offset 10, and the server's side of its first connection. */
async function start(change: Partial<RealtimeOptions> = {}) {
  const server = await startSocketServer();
  ends.push(server.close);
  const positions = new Map<string, Position>([
    ['user:me', position(1)],
    ['chat:c1', position(10)],
    ['chat:c2', position(10)],
  ]);
  const told: string[] = [];
  const statuses: Status[] = [];
  const stopped: number[] = [];
  const realtime = createRealtime({
    url: server.url,
    tokens: { accessToken: async () => 'token-1', renew: async () => 'token-2' },
    positions: () => positions,
    onEvent: ({ topic, position: place }: ClientEvent) => {
      told.push(`${topic} ${place?.offset}`);
      if (topic !== undefined && place !== undefined) positions.set(topic, place);
    },
    onResync: async () => undefined,
    onStatus: (status) => statuses.push(status),
    onStopped: (code) => stopped.push(code),
    backoff: createBackoff({ baseMs: 20, capMs: 40 }),
    ...change,
  });
  ends.push(realtime.stop);
  realtime.start();
  const peer = await server.accept();
  return { server, realtime, peer, told, statuses, stopped, positions };
}

const signIn = async (peer: Peer) => {
  const auth = await peer.receive('auth');
  peer.send({ type: 'auth_ok', userId: 'me', connectionId: 'x' });
  return auth;
};
const message = (chatId: string, offset: number) => ({
  type: 'message',
  chatId,
  message: buildMessage(offset, { chatId }),
  topic: `chat:${chatId}`,
  epoch: 'e1',
  offset,
});

describe('signing in', () => {
  it('sends the token in the first frame and never in the address', async () => {
    const { peer, server, statuses, realtime } = await start();
    expect(server.url).not.toContain('token');
    expect(await signIn(peer)).toEqual({ type: 'auth', token: 'token-1', active: true });
    const { positions } = await peer.receive('resume');
    expect(positions).toEqual({ 'user:me': position(1), 'chat:c1': position(10), 'chat:c2': position(10) });
    peer.send({ type: 'resumed', topics: ['user:me', 'chat:c1', 'chat:c2'] });
    await until(() => realtime.status === 'online');
    expect(statuses).toEqual(['connecting', 'updating', 'online']);
  });

  it('asks for 200 topics a frame, one frame after the other', async () => {
    const many = new Map(Array.from({ length: 450 }, (_, index) => [`chat:${index}`, position(1)]));
    const { peer, realtime } = await start({ positions: () => many });
    await signIn(peer);
    const sizes: number[] = [];
    for (let frame = 0; frame < 3; frame += 1) {
      const topics = Object.keys((await peer.receive('resume')).positions as object);
      sizes.push(topics.length);
      expect(realtime.status).toBe('updating');
      peer.send({ type: 'resumed', topics });
    }
    expect(sizes).toEqual([200, 200, 50]);
    await until(() => realtime.status === 'online');
  });

  it('brings a fresh token before the old one ends', async () => {
    const tokens = ['token-1', 'token-2'];
    const { peer } = await start({
      tokens: { accessToken: async () => tokens.shift(), renew: async () => undefined },
      tokenExpiresAt: () => Date.now() + 25_500,
      positions: () => new Map(),
    });
    expect(await signIn(peer)).toMatchObject({ token: 'token-1' });
    expect(await peer.receive('auth')).toMatchObject({ token: 'token-2' });
  });
});

describe('resuming', () => {
  it('puts live events after the replay that repeats them, and drops nothing', async () => {
    const { peer, told } = await start();
    await signIn(peer);
    peer.send(message('c1', 13));
    await peer.receive('resume');
    peer.send(message('c1', 14));
    for (const offset of [11, 12, 13, 14]) peer.send(message('c1', offset));
    peer.send({ type: 'resumed', topics: ['chat:c1'] });
    peer.send(message('c1', 15));
    await until(() => told.at(-1) === 'chat:c1 15');
    const orderly = [...told].filter((line, index) => told.indexOf(line) === index);
    expect(orderly).toEqual([11, 12, 13, 14, 15].map((offset) => `chat:c1 ${offset}`));
  });

  it('leaves each event once to the store', async () => {
    const store = createStore();
    store.update((state) => {
      state.chats.set('c1', buildChat({ messageCount: 5 }));
      state.positions.set('chat:c1', position(10));
      return [];
    });
    const outcomes: string[] = [];
    const { peer } = await start({
      positions: () => store.state.positions,
      onEvent: (event) => outcomes.push(`${event.position?.offset} ${store.apply(event)}`),
    });
    await signIn(peer);
    peer.send(message('c1', 12));
    await peer.receive('resume');
    for (const offset of [11, 12]) peer.send(message('c1', offset));
    peer.send({ type: 'resumed', topics: ['chat:c1'] });
    await until(() => outcomes.length === 3);
    expect(outcomes).toEqual(['11 applied', '12 applied', '12 known']);
    expect(store.state.chats.get('c1')!.messageCount).toBe(7);
  });

  it('holds back topics it does not know until all is caught up', async () => {
    const { peer, told, realtime } = await start();
    await signIn(peer);
    await peer.receive('resume');
    peer.send(message('new', 3));
    peer.send({ type: 'typing', chatId: 'c1', userId: 'bob', state: 'start' });
    await until(() => told.length > 0);
    expect(told).toEqual(['undefined undefined']);
    peer.send({ type: 'resumed', topics: ['user:me', 'chat:c1', 'chat:c2'] });
    await until(() => realtime.status === 'online');
    expect(told.slice(1)).toEqual(['chat:new 3']);
  });

  it('loads anew what cannot be continued, and resumes it from there', async () => {
    const loaded: string[][] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const { peer, told, positions, realtime } = await start({
      onResync: async (topics) => {
        loaded.push([...topics]);
        await promise;
        positions.set('chat:c1', position(50, 'e2'));
      },
    });
    await signIn(peer);
    await peer.receive('resume');
    peer.send({ type: 'resumed', topics: ['user:me', 'chat:c2'] });
    peer.send({ type: 'resync', topics: ['chat:c1'] });
    await until(() => loaded.length === 1);
    peer.send({ ...message('c1', 51), epoch: 'e2' });
    peer.send(message('c2', 11));
    await until(() => told.length === 1);
    resolve();
    expect((await peer.receive('resume')).positions).toEqual({ 'chat:c1': position(50, 'e2') });
    expect(realtime.status).toBe('updating');
    peer.send({ type: 'resumed', topics: ['chat:c1'] });
    await until(() => realtime.status === 'online');
    expect(loaded).toEqual([['chat:c1']]);
    expect(told).toEqual(['chat:c2 11', 'chat:c1 51']);
  });

  it('is asked again on the next connection when loading failed', async () => {
    const { peer, server } = await start({ onResync: () => Promise.reject(new Error('no')), onError: () => undefined });
    await signIn(peer);
    await peer.receive('resume');
    peer.send({ type: 'resync', topics: ['chat:c1'] });
    const next = await server.accept();
    await signIn(next);
    expect((await next.receive('resume')).positions).toMatchObject({ 'chat:c1': position(10) });
  });

  it('of a topic that was just added fetches what its subscription missed', async () => {
    const { peer, told, positions, realtime } = await start();
    await signIn(peer);
    await peer.receive('resume');
    peer.send({ type: 'resumed', topics: ['user:me', 'chat:c1', 'chat:c2'] });
    await until(() => realtime.status === 'online');
    positions.set('chat:new', position(1));
    realtime.resume(['chat:new']);
    peer.send(message('new', 3));
    await peer.receive('resume');
    peer.send(message('new', 2));
    peer.send(message('new', 3));
    peer.send({ type: 'resumed', topics: ['chat:new'] });
    await until(() => told.length === 3);
    expect(told[0]).toBe('chat:new 2');
    expect(realtime.status).toBe('online');
  });
});

describe('connections', () => {
  it('that break are made again, with the positions of now', async () => {
    const { peer, server, positions } = await start();
    await signIn(peer);
    await peer.receive('resume');
    peer.send({ type: 'resumed', topics: ['user:me', 'chat:c1', 'chat:c2'] });
    peer.send(message('c1', 17));
    await until(() => positions.get('chat:c1')?.offset === 17);
    peer.cut();
    const next = await server.accept();
    await signIn(next);
    expect((await next.receive('resume')).positions).toMatchObject({ 'chat:c1': position(17) });
  });

  it.each([3502, 3503])('that the server closed with %i stay closed', async (code) => {
    const { peer, server, stopped, realtime } = await start();
    await signIn(peer);
    peer.close(code);
    await until(() => stopped.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([server.connections(), realtime.status, stopped]).toEqual([0, 'offline', [code]]);
  });

  it('whose token was refused come back once with another', async () => {
    let token = 'old';
    const renew = async (): Promise<string> => {
      token = 'new';
      return token;
    };
    const { peer, server, stopped } = await start({ tokens: { accessToken: async () => token, renew } });
    expect(await peer.receive('auth')).toMatchObject({ token: 'old' });
    peer.close(3501);
    const next = await server.accept();
    expect(await next.receive('auth')).toMatchObject({ token: 'new' });
    next.close(3501);
    await until(() => stopped.length === 1);
  });

  it('are not made with a refused token while another is asked for', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    let token = 'old';
    let wake: (() => void) | undefined;
    const network = {
      isOnline: () => true,
      onChange: (listener: () => void) => {
        wake = listener;
        return () => undefined;
      },
    };
    const renew = async (): Promise<string> => {
      token = await promise;
      return token;
    };
    const { peer, server, stopped } = await start({ network, tokens: { accessToken: async () => token, renew } });
    await peer.receive('auth');
    peer.close(3501);
    await until(() => server.connections() === 0);
    await new Promise((done) => setTimeout(done, 20));
    wake?.();
    await new Promise((done) => setTimeout(done, 50));
    expect(server.connections()).toBe(0);
    resolve('new');
    const next = await server.accept();
    expect(await next.receive('auth')).toMatchObject({ token: 'new' });
    expect(stopped).toEqual([]);
  });

  it('of an ended session sign out', async () => {
    const { peer, realtime } = await start({
      tokens: { accessToken: async () => 'old', renew: async () => undefined },
    });
    await signIn(peer);
    peer.close(3500);
    await until(() => realtime.status === 'signed_out');
  });

  it('move to another server when told, not before the time', async () => {
    const { peer, server } = await start();
    await signIn(peer);
    const toldAt = Date.now();
    peer.send({ type: 'reconnect', afterMs: 150 });
    await server.accept();
    expect(Date.now() - toldAt).toBeGreaterThanOrEqual(145);
  });

  it('are tried at once when the network returns, and told of it honestly', async () => {
    let isOnline = true;
    const listeners = new Set<() => void>();
    const network = {
      isOnline: () => isOnline,
      onChange: (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    const { peer, server, realtime } = await start({
      network,
      backoff: createBackoff({ random: () => 1, baseMs: 60_000 }),
    });
    await signIn(peer);
    isOnline = false;
    peer.cut();
    await until(() => realtime.status === 'offline');
    isOnline = true;
    for (const listener of listeners) listener();
    await server.accept();
    expect(realtime.status).toBe('connecting');
  });

  it('that fall silent are told as such when the page is back, until something comes after all', async () => {
    let changed = (): void => undefined;
    const network = {
      isOnline: () => true,
      onChange: (listener: () => void) => {
        changed = listener;
        return () => undefined;
      },
    };
    const { peer, statuses } = await start({ network, positions: () => new Map() });
    await signIn(peer);
    await until(() => statuses.at(-1) === 'online');
    changed();
    await peer.receive('ping');
    await until(() => statuses.at(-1) === 'connecting');
    peer.send({ type: 'pong' });
    await until(() => statuses.at(-1) === 'online');
    expect(statuses).toEqual(['connecting', 'updating', 'online', 'connecting', 'online']);
  });

  it('tell whether the person is looking', async () => {
    let isActive = true;
    let changed = (): void => undefined;
    const activity = {
      isActive: () => isActive,
      onChange: (listener: () => void) => {
        changed = listener;
        return () => undefined;
      },
    };
    const { peer, realtime } = await start({ activity });
    await signIn(peer);
    await until(() => realtime.status === 'updating');
    isActive = false;
    changed();
    expect(await peer.receive('presence_update')).toMatchObject({ status: 'away' });
  });
});

describe('requests', () => {
  it('get the answer with their ref; refusals and lost answers reject', async () => {
    const { peer, realtime } = await start();
    expect(realtime.request({ type: 'message' })).toBeUndefined();
    await signIn(peer);
    await peer.receive('resume');
    const first = realtime.request({ type: 'message', n: 1 });
    const second = realtime.request({ type: 'message', n: 2 });
    const third = realtime.request({ type: 'message', n: 3 });
    const refs = [await peer.receive('message'), await peer.receive('message'), await peer.receive('message')].map(
      ({ ref }) => ref,
    );
    peer.send({ type: 'error', ref: refs[1], code: 'RATE_LIMITED', message: 'slow down', retryAfter: 3 });
    peer.send({ type: 'ack', ref: refs[0], id: 'm1' });
    expect(await first).toMatchObject({ id: 'm1' });
    await expect(second).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 3 });
    peer.cut();
    await expect(third).rejects.toMatchObject({ code: 'network' });
  });

  it('that nobody waits for are reported when they are refused, unless it passes', async () => {
    const reported: unknown[] = [];
    const { peer } = await start({ onError: (error) => reported.push(error) });
    await signIn(peer);
    await peer.receive('resume');
    for (const code of ['unavailable', 'RATE_LIMITED', 'forbidden']) peer.send({ type: 'error', code, message: code });
    await until(() => reported.length > 0);
    expect(reported).toMatchObject([{ code: 'forbidden' }]);
  });
});
