import { afterEach, describe, expect, it } from 'vitest';
import { isPassing } from '../http/api-error.ts';
import { buildChat, buildMe, buildMessage, buildSettings, position } from '../testing/build.ts';
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
const list = { items: [buildChat()], position: position(1) };
const page = { items: [buildMessage(5)], participants: [], position: position(10), hasOlder: true, hasNewer: false };

/** A server in two halves: answers by route, and a socket that the test speaks. */
async function start(answers: Record<string, Answer> = {}) {
  const http = await startHttpServer(({ method, url }) => {
    const route = `${method} ${url.replace('/v1', '').split('?')[0]}`;
    const known: Record<string, unknown> = {
      'POST /auth/login': tokens,
      'GET /me': buildMe(),
      'GET /settings': buildSettings(),
      'GET /chats': list,
      'GET /chats/c1/messages': page,
      'GET /chats/c1/members': { items: [] },
      'GET /chats/c1/read-receipts': { items: [] },
      'GET /chats/c1/pinned-messages': { items: [], participants: [], position: position(10) },
    };
    const body = known[route];
    return answers[route] ?? { status: body === undefined ? 204 : 200, body };
  });
  const sockets = await startSocketServer();
  const errors: unknown[] = [];
  const signedOut: string[] = [];
  const client = createClient({
    baseUrl: http.baseUrl,
    wsUrl: sockets.url,
    onError: (error) => errors.push(error),
    onSignedOut: () => signedOut.push('signed out'),
  });
  ends.push(http.close, sockets.close, client.stop);
  await client.login({ username: 'me', password: 'x' });
  return { client, http, sockets, errors, signedOut };
}

async function goOnline(peer: Peer): Promise<void> {
  await peer.receive('auth');
  peer.send({ type: 'auth_ok', userId: 'me', connectionId: 'x' });
  const { positions } = await peer.receive('resume');
  peer.send({ type: 'resumed', topics: Object.keys(positions as object) });
}

async function startOnline(answers: Record<string, Answer> = {}) {
  const parts = await start(answers);
  const online = parts.client.start();
  const peer = await parts.sockets.accept();
  await goOnline(peer);
  await online;
  return { ...parts, peer };
}

const newMessage = (sequence: number, change = {}, offset = sequence + 5) => ({
  type: 'message',
  chatId: 'c1',
  message: buildMessage(sequence, change),
  topic: 'chat:c1',
  epoch: 'e1',
  offset,
});

describe('unread mentions', () => {
  const told = (from: number) => {
    const unreadMentionSequences = Array.from({ length: 100 }, (_, index) => from + index);
    return buildChat({ readSequence: 3, lastSequence: 200, unreadMentions: 100, unreadMentionSequences });
  };

  it('of which not all are told are asked for when one of them is taken back, and not when they are read', async () => {
    const chat = { status: 200, body: told(100) };
    const known = { status: 200, body: { items: [told(101)], position: position(1) } };
    const { client, peer, http, errors } = await startOnline({ 'GET /chats': known, 'GET /chats/c1': chat });
    const asked = () => http.received.filter(({ url }) => url === '/v1/chats/c1').length;
    const mentions = () => client.store.state.chats.get('c1')!.unreadMentionSequences;
    const deletion = {
      type: 'message_deleted',
      chatId: 'c1',
      messageId: 'm150',
      forEveryone: true,
      deletedAt: '2026-05-20T12:00:00.000Z',
    };
    peer.send({ ...deletion, sequence: 150, topic: 'chat:c1', epoch: 'e1', offset: 11 });
    await until(() => mentions()?.[0] === 100);
    expect(mentions()).toHaveLength(100);
    peer.send({
      type: 'event',
      event: 'chat.read',
      data: { chatId: 'c1', sequence: 150, readCount: 150 },
      topic: 'user:me',
      epoch: 'e1',
      offset: 11,
    });
    await until(() => mentions()?.[0] === 151);
    expect([mentions()!.length, asked(), errors]).toEqual([49, 1, []]);
  });
});

describe('starting', () => {
  it('loads the state, then connects from its positions', async () => {
    const { client, http } = await startOnline();
    expect(client.status).toBe('online');
    expect([...client.store.state.chats.keys()]).toEqual(['c1']);
    expect(http.received.slice(1).map(({ url }) => url)).toEqual(['/v1/chats?limit=500', '/v1/me', '/v1/settings']);
    expect(http.received.at(-1)!.headers.authorization).toBe('Bearer a');
  });

  it('needs a session', async () => {
    const client = createClient({ baseUrl: 'http://127.0.0.1:1' });
    await expect(client.start()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('again continues from where it stopped, without loading anew', async () => {
    const { client, http, sockets } = await startOnline();
    client.stop();
    const before = http.received.length;
    const online = client.start();
    await goOnline(await sockets.accept());
    await online;
    expect(http.received.length).toBe(before);
  });

  it('keeps trying while the server is not ready', async () => {
    const answers: Record<string, Answer> = { 'GET /me': { status: 503 } };
    const { client, sockets, http } = await start(answers);
    const online = client.start();
    await until(() => http.received.some(({ url }) => url === '/v1/me'));
    expect(client.status).toBe('connecting');
    delete answers['GET /me'];
    await goOnline(await sockets.accept());
    await online;
  });

  it('ends with stop', async () => {
    const { client, sockets } = await start();
    const online = client.start();
    const refused = expect(online).rejects.toSatisfy(isPassing);
    await sockets.accept();
    client.stop();
    await refused;
    expect(client.status).toBe('offline');
  });
});

describe('events', () => {
  it('reach handlers after the store, with whose they are; what handlers throw is told', async () => {
    const { client, peer, errors } = await startOnline();
    const seen: unknown[] = [];
    client.on('message.new', () => {
      throw new Error('handler');
    });
    client.on('message.new', ({ message }, { isOwn, position: place }) => {
      seen.push([message.sequence, isOwn, place?.offset, client.store.state.chats.get('c1')!.lastSequence]);
    });
    peer.send(newMessage(6));
    peer.send(newMessage(7, { senderId: 'me' }));
    await until(() => seen.length === 2 && errors.length === 2);
    expect(seen).toEqual([
      [6, false, 11, 6],
      [7, true, 12, 7],
    ]);
    expect(errors).toEqual([new Error('handler'), new Error('handler')]);
  });

  it('of a chat that is not known load it, and miss nothing meanwhile', async () => {
    const other = buildChat({ id: 'c2', position: position(3), lastSequence: 1, messageCount: 1 });
    const { client, peer } = await startOnline({ 'GET /chats/c2': { status: 200, body: other } });
    const place = { chatId: 'c2', topic: 'chat:c2', epoch: 'e1', type: 'message' };
    peer.send({ ...place, message: buildMessage(2, { chatId: 'c2' }), offset: 4 });
    expect((await peer.receive('resume')).positions).toEqual({ 'chat:c2': position(3) });
    for (const offset of [4, 5]) peer.send({ ...place, message: buildMessage(offset - 2, { chatId: 'c2' }), offset });
    peer.send({ type: 'resumed', topics: ['chat:c2'] });
    await until(() => client.store.state.chats.get('c2')?.lastSequence === 3);
    expect(client.store.state.chats.get('c2')!.messageCount).toBe(3);
  });

  it('of a chat that may not be seen any more are dropped, however many', async () => {
    const refused = { status: 403, body: { code: 'forbidden', title: 'no' } };
    const { client, peer, errors, sockets } = await startOnline({ 'GET /chats/c9': refused });
    const place = { chatId: 'c9', topic: 'chat:c9', epoch: 'e1', type: 'message' };
    for (let offset = 1; offset < 10; offset += 1) {
      peer.send({ ...place, message: buildMessage(offset, { chatId: 'c9' }), offset });
    }
    peer.send(newMessage(6));
    await until(() => client.store.state.chats.get('c1')?.lastSequence === 6);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([client.status, sockets.connections(), errors]).toEqual(['online', 1, []]);
  });

  it('refused for a chat that was left a moment ago are no news, others are', async () => {
    const { peer, errors } = await startOnline();
    peer.send({ type: 'error', code: 'forbidden', message: 'You may not do this.' });
    peer.send({ type: 'error', code: 'validation_error', message: 'odd' });
    await until(() => errors.length > 0);
    expect(errors).toMatchObject([{ code: 'validation_error' }]);
  });

  it('that add a chat fetch what its subscription missed', async () => {
    const { client, peer } = await startOnline();
    const chat = buildChat({ id: 'c2', position: position(3) });
    peer.send({ type: 'chat_created', chat, topic: 'user:me', epoch: 'e1', offset: 2 });
    expect((await peer.receive('resume')).positions).toEqual({ 'chat:c2': position(3) });
    expect(client.store.state.chats.has('c2')).toBe(true);
  });
});

describe('sending', () => {
  it('goes through the socket, shows at once, and is done when its event came', async () => {
    const { client, peer, http } = await startOnline();
    const sent = client.send('c1', { content: 'hi' });
    const frame = await peer.receive('message');
    expect(client.store.state.pending.get('c1')).toMatchObject([{ content: 'hi', state: 'queued' }]);
    peer.send({ type: 'ack', ref: frame.ref, id: 'm6' });
    const { id, clientMessageId } = await sent;
    expect([id, clientMessageId]).toEqual(['m6', frame.clientMessageId]);
    peer.send(newMessage(6, { id: 'm6', senderId: 'me', clientMessageId }));
    await until(() => client.store.state.pending.size === 0);
    expect(client.store.state.chats.get('c1')).toMatchObject({ lastSequence: 6, unreadCount: 0 });
    expect(http.received.some(({ url }) => url.endsWith('/messages'))).toBe(false);
  });

  it('without a connection goes by HTTP', async () => {
    const accepted = { id: 'm6', chatId: 'c1', brokerMessageId: 'm6' };
    const { client, peer, http } = await startOnline({ 'POST /chats/c1/messages': { status: 202, body: accepted } });
    peer.cut();
    await until(() => client.status !== 'online');
    expect(await client.send('c1', { content: 'hi' })).toMatchObject({ id: 'm6' });
    const { headers, body } = http.received.find(({ method, url }) => method === 'POST' && url.endsWith('/messages'))!;
    expect(headers.prefer).toBe('respond-async');
    expect(body).toMatchObject({ content: 'hi', clientMessageId: expect.any(String) });
  });
});

describe('reading', () => {
  it('moves the badge at once, and is told again after a break until it is confirmed', async () => {
    const { client, peer, sockets } = await startOnline();
    client.markRead('c1');
    expect(client.store.state.chats.get('c1')).toMatchObject({ readSequence: 5, unreadCount: 0 });
    expect(await peer.receive('read')).toMatchObject({ chatId: 'c1', sequence: 5 });
    peer.cut();
    const next = await sockets.accept();
    await goOnline(next);
    expect(await next.receive('read')).toMatchObject({ chatId: 'c1', sequence: 5 });
  });
});

describe('signing out', () => {
  it('by oneself forgets everything, quietly', async () => {
    const { client, signedOut, http, peer } = await startOnline();
    const leaving = client.logout();
    peer.close(3500);
    await leaving;
    expect(http.received.at(-1)).toMatchObject({ method: 'POST', url: '/v1/auth/logout' });
    expect([client.status, client.store.state.chats.size, await client.isSignedIn()]).toEqual(['signed_out', 0, false]);
    expect(signedOut).toEqual([]);
  });

  it('by oneself is quiet also when the session was over already', async () => {
    const refused = { status: 401, body: { code: 'session_ended', title: 'over' } };
    const { client, signedOut } = await startOnline({ 'POST /auth/logout': refused, 'POST /auth/refresh': refused });
    await client.logout();
    expect([client.status, await client.isSignedIn(), signedOut]).toEqual(['signed_out', false, []]);
  });

  it('by the server is told', async () => {
    const refused = { status: 401, body: { code: 'session_ended', title: 'over' } };
    const { client, signedOut, peer } = await startOnline({ 'POST /auth/refresh': refused });
    peer.close(3500);
    await until(() => signedOut.length === 1);
    expect([client.status, await client.isSignedIn()]).toEqual(['signed_out', false]);
  });
});

describe('presence', () => {
  const withPeer = (chatId: string, id: string) =>
    buildChat({
      id: chatId,
      type: 'direct',
      peer: { id, username: id, displayName: id, presence: { status: 'online', state: 'online' } },
    });

  it('after a break is asked anew of those on the screen and of the latest direct chats; of others nothing is known', async () => {
    const chats = { items: [withPeer('c1', 'bob'), buildChat({ id: 'c2' })], position: position(1) };
    const { client, peer, sockets } = await startOnline({ 'GET /chats': { status: 200, body: chats } });
    expect(await peer.receive('watch')).toMatchObject({ userIds: ['bob'] });
    client.watch(['eve']);
    expect(await peer.receive('watch')).toMatchObject({ userIds: ['eve', 'bob'] });
    for (const userId of ['eve', 'dan'])
      peer.send({ type: 'presence', userId, username: userId, status: 'online', state: 'online' });
    await until(() => client.store.state.presence.has('dan'));
    peer.cut();
    const next = await sockets.accept();
    await goOnline(next);
    expect(await next.receive('watch')).toMatchObject({ userIds: ['eve', 'bob'] });
    expect([...client.store.state.presence.keys()]).toEqual(['bob', 'eve']);
  });

  it('of somebody new is asked: what changed before their chat is followed is told by nobody', async () => {
    const { client, peer } = await startOnline();
    peer.send({ type: 'chat_created', chat: withPeer('c2', 'cem'), topic: 'user:me', epoch: 'e1', offset: 2 });
    expect(await peer.receive('watch')).toMatchObject({ userIds: ['cem'] });
    peer.send({ type: 'presence', userId: 'cem', username: 'cem', status: 'offline', state: 'offline' });
    await until(() => client.store.state.presence.get('cem')?.state === 'offline');
  });
});
