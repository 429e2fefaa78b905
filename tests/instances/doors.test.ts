import type { Chat } from '@parley/contract';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { openPubSub } from '../pubsub/client.ts';
import { makeGroup, type Person, signIn, signUp } from '../support/people.ts';
import { startRefused } from '../support/server.ts';
import { connectSocketIO, type Talker } from '../support/socketio.ts';
import { liveMs, sleep, until } from '../support/until.ts';
import { openSignedIn } from '../support/wscat.ts';
import { type Stage, startInstances } from './stage.ts';

let stage: Stage;
let near: string;
let far: string;
let ann: Person;
let bob: Person;
let chat: Chat;
const open: { close(): void }[] = [];

beforeAll(async () => {
  stage = await startInstances({ postgresUrl: inject('postgresUrl') });
  [near, far] = stage.servers.map(({ url }) => url) as [string, string];
  [ann, bob] = [await signUp(near), await signUp(far)];
  chat = await makeGroup(ann, [bob]);
});
afterAll(() => stage?.close());
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

function keep<T extends { close(): void }>(socket: T): T {
  open.push(socket);
  return socket;
}

/** Bob on every door of an instance. */
async function onAllDoors(url: string) {
  const token = bob.tokens.access_token;
  const webSocket = keep(await openSignedIn(url, token));
  const room = keep(await connectSocketIO(url, token));
  await room.ask('room:join', { chatId: chat.id });
  const inbox = keep(await connectSocketIO(`${url}/chat`, token));
  const pubsub = keep(await openPubSub(url));
  const { token: scoped } = await bob.http.call('auth.socketToken', {});
  expect(await pubsub.listen(scoped, [`chat:message.${chat.id}`])).toMatchObject({ error: '' });
  const told = (name: string, talker: Talker) => talker.heard(name).map((payload) => contentOf(payload));
  return {
    contents: () => ({
      webSocket: webSocket.ofType('message').map(contentOf),
      room: told('message.new', room),
      inbox: told('chat.message.new', inbox),
      pubsub: pubsub.heard.map(({ message }) => contentOf(message)),
    }),
    webSocket,
    room,
  };
}

const contentOf = (payload: Record<string, unknown>): string => (payload.message as { content: string }).content;
const everywhere = (contents: string[]) => ({ webSocket: contents, room: contents, inbox: contents, pubsub: contents });

test('starts by saying where the bus is', () => {
  expect(stage.servers[0]!.printed()).toMatch(/^bus {7}Redis at 127\.0\.0\.1:\d+$/m);
});

describe('what happens on one instance', () => {
  test('is told on every door of every instance, once', async () => {
    const [here, there] = [await onAllDoors(near), await onAllDoors(far)];
    const socket = keep(await openSignedIn(near, ann.tokens.access_token));
    const talker = keep(await connectSocketIO(far, ann.tokens.access_token));
    await ann.http.call('messages.send', { params: { chatId: chat.id }, body: { content: 'by REST' } });
    expect(await socket.ask({ type: 'message', chatId: chat.id, content: 'by frame' })).toMatchObject({ type: 'ack' });
    await talker.ask('message:send', { chatId: chat.id, clientId: 'c1', body: 'by event' });
    const all = everywhere(['by REST', 'by frame', 'by event']);
    for (const { contents } of [here, there]) {
      await until(
        () => JSON.stringify(contents()) === JSON.stringify(all),
        () => JSON.stringify(contents()),
        liveMs,
      );
    }
    await sleep(200);
    for (const { contents } of [here, there]) expect(contents()).toEqual(all);
  });

  test('reaches the other by the bus, not by looking into the log', async () => {
    const there = keep(await openSignedIn(far, bob.tokens.access_token));
    const times: number[] = [];
    for (let count = 0; count < 40; count += 1) {
      const before = performance.now();
      await ann.http.call('messages.send', { params: { chatId: chat.id }, body: { content: `fast ${count}` } });
      await there.wait(({ type, message }) => type === 'message' && contentOf({ message }) === `fast ${count}`, 'it');
      times.push(performance.now() - before);
    }
    const median = times.sort((a, b) => a - b)[20]!;
    console.log(`from the send on one instance to the frame on the other: median ${median.toFixed(1)} ms`);
    // The log is looked at every 5 s.
    expect(median).toBeLessThan(1_000);
  });

  test('typing is told there too', async () => {
    const there = keep(await openSignedIn(far, bob.tokens.access_token));
    const socket = keep(await openSignedIn(near, ann.tokens.access_token));
    socket.send({ type: 'typing', chatId: chat.id });
    await there.wait(({ type }) => type === 'typing', 'typing');
  });

  test('a new chat, and what is said in it, reaches those who are there', async () => {
    const there = keep(await openSignedIn(far, bob.tokens.access_token));
    const fresh = await makeGroup(ann, [bob], 'fresh');
    await ann.http.call('messages.send', { params: { chatId: fresh.id }, body: { content: 'welcome' } });
    await there.wait(({ type, chat: told }) => type === 'chat_created' && (told as Chat).id === fresh.id, 'the chat');
    await there.wait(({ type, chatId }) => type === 'message' && chatId === fresh.id, 'its message');
  });

  test('another service that publishes on the ingress is heard on every instance', async () => {
    const listeners = await Promise.all(
      [near, far].map(async (url) => {
        const pubsub = keep(await openPubSub(url));
        const { token } = await bob.http.call('auth.socketToken', {});
        expect(await pubsub.listen(token, ['app:weather'])).toMatchObject({ error: '' });
        return pubsub;
      }),
    );
    await stage.redis.command('publish', 'realtime', JSON.stringify({ topic: 'app:weather', data: { degrees: 21 } }));
    for (const pubsub of listeners) await pubsub.wait(({ topic }) => topic === 'app:weather', 'the weather');
  });
});

describe('ends at once on every instance and door', () => {
  test('a session that signs out elsewhere', async () => {
    const tokens = await signIn(near, bob.username);
    const socket = await openSignedIn(far, tokens.access_token);
    const talker = await connectSocketIO(far, tokens.access_token);
    const before = performance.now();
    const response = await fetch(`${near}/v1/auth/logout`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(response.ok).toBe(true);
    expect(await socket.untilClosed(liveMs)).toBe(3500);
    await until(() => !talker.isConnected(), 'the Socket.IO client is disconnected', liveMs);
    console.log(`a session ended on the other instance within ${(performance.now() - before).toFixed(0)} ms`);
    const again = await fetch(`${far}/v1/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    expect(again.status).toBe(401);
  });

  test('what a removed member is told', async () => {
    const carol = await signUp(near);
    const group = await makeGroup(ann, [carol, bob]);
    const token = carol.tokens.access_token;
    const socket = keep(await openSignedIn(far, token));
    const talker = keep(await connectSocketIO(far, token));
    await talker.ask('room:join', { chatId: group.id });
    const inbox = keep(await connectSocketIO(`${far}/chat`, token));
    const pubsub = keep(await openPubSub(far));
    const { token: scoped } = await carol.http.call('auth.socketToken', {});
    await pubsub.listen(scoped, [`chat:message.${group.id}`]);
    const say = (content: string) =>
      ann.http.call('messages.send', { params: { chatId: group.id }, body: { content } });
    await say('before');
    await until(() => talker.heard('message.new').length === 1 && pubsub.heard.length === 1, 'the first is told');
    await ann.http.call('members.remove', { params: { chatId: group.id, userId: carol.id } });
    await say('after');
    const witness = keep(await openSignedIn(far, bob.tokens.access_token));
    await say('last');
    await witness.wait(({ type, message }) => type === 'message' && contentOf({ message }) === 'last', 'the last');
    await sleep(200);
    const heard = [
      ...socket.ofType('message').map(contentOf),
      ...talker.heard('message.new').map(contentOf),
      ...inbox.heard('chat.message.new').map(contentOf),
      ...pubsub.heard.map(({ message }) => contentOf(message)),
    ];
    expect(new Set(heard)).toEqual(new Set(['before']));
  });
});

test('an instance that would be alone on its bus refuses to run beside them', async () => {
  const { code, words } = await startRefused({
    dataDir: stage.dataDir,
    env: { DATABASE_URL: stage.databaseUrl, DATABASE_POOL: '4' },
  });
  expect(code).toBe(1);
  expect(words).toMatch(/Another Parley \(all on .*\) runs on this database.*REDIS_URL/);
});
