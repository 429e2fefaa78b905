import { type Chat, pubsubTopics } from '@parley/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, signIn, signUp } from '../support/people.ts';
import { type Server, startServer } from '../support/server.ts';
import { liveMs, sleep, until } from '../support/until.ts';
import { openPubSub, type PubSub } from './client.ts';

describe('/pubsub on a server', () => {
  let server: Server;
  let owner: Person;
  let reader: Person;
  let channel: Chat;
  let group: Chat;
  const open: PubSub[] = [];

  beforeAll(async () => {
    server = await startServer();
    owner = await signUp(server.url);
  });
  afterAll(() => server?.close());

  beforeEach(async () => {
    reader = await signUp(server.url);
    channel = await create(owner, 'channel', [reader]);
    group = await create(owner, 'group', [reader]);
  });
  afterEach(() => {
    for (const socket of open.splice(0)) socket.close();
  });

  const create = (person: Person, type: 'channel' | 'group', members: readonly Person[], publicName?: string) =>
    person.http.call('chats.create', {
      body: { type, title: type, memberIds: members.map(({ id }) => id), ...(publicName ? { publicName } : {}) },
    });
  const rename = ({ id: chatId }: Chat, title: string) =>
    owner.http.call('chats.update', { params: { chatId }, body: { title } });
  const post = ({ id: chatId }: Chat, content: string) =>
    owner.http.call('messages.send', { params: { chatId }, body: { content } });
  const setRole = (role: 'admin' | 'member') =>
    owner.http.call('members.setRole', { params: { chatId: channel.id, userId: reader.id }, body: { role } });
  const tokenOf = async (person: Person, scopes?: string[]): Promise<string> =>
    (await person.http.call('auth.socketToken', { body: scopes === undefined ? {} : { scopes } })).token;

  async function connect(): Promise<PubSub> {
    const socket = await openPubSub(server.url);
    open.push(socket);
    return socket;
  }

  async function listen(topics: string[], person = reader): Promise<PubSub> {
    const socket = await connect();
    expect(await socket.listen(await tokenOf(person), topics)).toMatchObject({ type: 'RESPONSE', error: '' });
    return socket;
  }

  const titleIn = (title: string) => (heard: { message: Record<string, unknown> }) =>
    (heard.message.chat as { title?: string } | undefined)?.title === title;

  it('takes every topic of the table, without an id', async () => {
    const socket = await listen(Object.keys(pubsubTopics));
    expect(socket.frames).toHaveLength(1);
  });

  it('tells channel:* of channels only, chat:* of all', async () => {
    const socket = await listen(['channel:update', 'channel:message', 'chat:message']);
    await rename(group, 'renamed group');
    await post(group, 'in the group');
    await rename(channel, 'renamed channel');
    await post(channel, 'in the channel');
    await until(() => socket.heard.length >= 4, 'all is told');
    const contentOf = ({ message }: { message?: { content?: string } }) => message?.content;
    const told = socket.heard
      .filter(({ message }) => (message.message as { messageType?: string } | undefined)?.messageType !== 'system')
      .map(({ topic, message }) => `${topic} ${contentOf(message) ?? (message.chat as Chat).title}`);
    expect(told.sort()).toEqual([
      'channel:message in the channel',
      'channel:update renamed channel',
      'chat:message in the channel',
      'chat:message in the group',
    ]);
    expect(await socket.listen(await tokenOf(reader), [`channel:update.${group.id}`])).toMatchObject({
      error: 'ERR_BADAUTH',
    });
  });

  it('joins and leaves with the memberships', async () => {
    const socket = await listen(['channel:update', `channel:update.${channel.id}`]);
    const fresh = await create(owner, 'channel', [reader]);
    await rename(fresh, 'just joined');
    await socket.wait(titleIn('just joined'), 'the new channel is heard');
    await owner.http.call('members.remove', { params: { chatId: channel.id, userId: reader.id } });
    await until(() => socket.revoked().length === 1, 'the narrowed topic is taken back');
    expect(socket.revoked()).toEqual([`channel:update.${channel.id}`]);
    await rename(channel, 'not for you');
    await rename(fresh, 'still for you');
    await socket.wait(titleIn('still for you'), 'the other channel goes on');
    expect(socket.heard.some(titleIn('not for you'))).toBe(false);
  });

  it('lets anybody look at a public channel, and nobody at other chats', async () => {
    const stranger = await signUp(server.url);
    const shown = await create(owner, 'channel', [], `shown_${Date.now()}`);
    const socket = await listen([`channel:message.${shown.id}`, `channel:update.${shown.id}`], stranger);
    await post(shown, 'hello all');
    await socket.wait(({ message }) => (message.message as { content?: string })?.content === 'hello all', 'the post');
    const refused = [`channel:message.${channel.id}`, `chat:message.${group.id}`, `channel:follow.${shown.id}`];
    for (const topic of [...refused, `user:update.${owner.id}`, `user:presence.${owner.id}`]) {
      expect((await socket.listen(await tokenOf(stranger), [topic])).error, topic).toBe('ERR_BADAUTH');
    }
    expect((await socket.listen(await tokenOf(stranger), ['chat:message.nobody'])).error).toBe('ERR_BADTOPIC');
  });

  it('tells who follows a channel to its admins only, from the moment they are', async () => {
    const socket = await listen(['channel:follow']);
    const narrowed = `channel:follow.${channel.id}`;
    expect((await socket.listen(await tokenOf(reader), [narrowed])).error).toBe('ERR_BADAUTH');
    const join = async (): Promise<string> => {
      const guest = await signUp(server.url);
      await owner.http.call('members.add', { params: { chatId: channel.id }, body: { userIds: [guest.id] } });
      return guest.id;
    };
    const first = await join();
    await setRole('admin');
    expect((await socket.listen(await tokenOf(reader), [narrowed])).error).toBe('');
    const second = await join();
    await until(() => socket.heard.length === 2, 'the second guest is told on both topics');
    await setRole('member');
    await until(() => socket.revoked().length === 1, 'the narrowed topic is taken back');
    const third = await join();
    await post(channel, 'later');
    await sleep(200);
    expect(socket.heard.map(({ message }) => message.userId)).toEqual([second, second]);
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it('tells typing, presence and one’s own profile', async () => {
    const { id: ownerId } = owner;
    const socket = await listen([
      `user:presence.${ownerId}`,
      'user:presence',
      `user:update.${reader.id}`,
      'user:update',
    ]);
    const live = new WebSocket(`${server.url.replace('http', 'ws')}/ws?token=${owner.tokens.access_token}`);
    await socket.wait(({ topic, message }) => topic.includes('.') && message.state === 'online', 'the owner is here');
    await socket.wait(
      ({ topic, message }) => topic === 'user:presence' && message.userId === ownerId,
      'on both topics',
    );
    await socket.listen(await tokenOf(reader), [`chat:typing.${group.id}`]);
    live.send(JSON.stringify({ type: 'typing', chatId: group.id }));
    await socket.wait(({ topic, message }) => topic.startsWith('chat:typing') && message.userId === ownerId, 'typing');
    live.close();
    await socket.wait(({ message }) => message.state === 'offline', 'the owner is gone');
    await reader.http.call('me.update', { body: { displayName: 'New Name' } });
    await until(() => socket.heard.filter(({ topic }) => topic.startsWith('user:update')).length === 2, 'the profile');
    // A program that listens is not a person who is here.
    expect(socket.heard.some(({ message }) => message.userId === reader.id)).toBe(false);
  });

  it('holds a token to its scopes', async () => {
    const socket = await connect();
    const token = await tokenOf(reader, ['user:read:chat']);
    expect((await socket.listen(token, ['channel:update'])).error).toBe('');
    expect((await socket.listen(token, ['chat:message'])).error).toBe('ERR_BADAUTH');
    expect((await socket.listen(await tokenOf(reader, ['chat:read:message']), ['chat:message'])).error).toBe('');
    expect((await socket.listen(reader.tokens.session_token, ['chat:typing'])).error).toBe('');
  });

  it('goes on after a break by `since`, with the same ids', async () => {
    const topic = `chat:message.${group.id}`;
    const before = await listen([topic]);
    await post(group, 'one');
    const first = await before.wait(() => true, 'the first message');
    before.close();
    await post(group, 'two');
    const socket = await connect();
    const { epoch, offset } = first;
    const answer = await socket.listen(await tokenOf(reader), [topic], { [topic]: { epoch, offset } });
    await post(group, 'three');
    await until(() => socket.heard.length === 2, 'what was missed, and what follows');
    expect(socket.heard.map(({ message }) => (message.message as { content: string }).content)).toEqual([
      'two',
      'three',
    ]);
    expect(answer.data?.positions).toMatchObject({ [topic]: { epoch } });
    const again = await connect();
    await again.listen(await tokenOf(reader), [topic], { [topic]: { epoch, offset: Number(offset) - 1 } });
    expect(again.heard[0]?.messageId).toBe(first.messageId);
    const lost = await connect();
    const old = await lost.listen(await tokenOf(reader), [topic], { [topic]: { epoch: 'old', offset: 1 } });
    expect(old.data?.resync).toEqual([topic]);
  });

  it('falls silent when a session ends, and says which topics', async () => {
    const socket = await connect();
    const other = await signIn(server.url, reader.username);
    await socket.listen(other.access_token, ['chat:message', `chat:message.${group.id}`]);
    await socket.listen(await tokenOf(owner), ['channel:update']);
    const ending = await fetch(`${server.url}/v1/auth/logout`, {
      method: 'POST',
      headers: { authorization: `Bearer ${other.access_token}` },
    });
    expect(ending.status).toBe(204);
    await until(() => socket.revoked().length === 2, 'AUTH_REVOKED', liveMs);
    expect(socket.revoked().sort()).toEqual(['chat:message', `chat:message.${group.id}`]);
    await post(group, 'unheard');
    await rename(channel, 'heard');
    await socket.wait(titleIn('heard'), 'the other person goes on');
    expect(socket.heard.every(({ topic }) => topic === 'channel:update')).toBe(true);
    expect((await socket.listen(other.access_token, ['chat:message'])).error).toBe('ERR_BADAUTH');
  });

  it('publishes on app:* with a writing scope, and names the publisher', async () => {
    const socket = await listen(['app:scores']);
    const publish = async (token: string, message: unknown = { goals: 1 }) =>
      (await socket.ask({ type: 'PUBLISH', data: { topic: 'app:scores.7', message, auth_token: token } })).error;
    expect(await publish(await tokenOf(owner))).toBe('ERR_BADAUTH');
    expect(await publish(await tokenOf(owner, ['app:write:other']))).toBe('ERR_BADAUTH');
    expect(await publish(await tokenOf(owner, ['app:write:scores']))).toBe('');
    expect(await publish(await tokenOf(owner, ['app:write:*']), '{"goals":2}')).toBe('');
    await until(() => socket.heard.length === 2, 'both are told');
    expect(socket.heard.map(({ message }) => message)).toEqual([{ goals: 1 }, { goals: 2 }]);
    expect(socket.heard.map(({ publisher }) => publisher)).toEqual([owner.id, owner.id]);
  });

  it('refuses foreign origins and what is no token', async () => {
    await expect(openPubSub(server.url, { origin: 'https://evil.example' })).rejects.toThrow('403');
    const socket = await openPubSub(server.url, { origin: 'http://localhost:5173' });
    open.push(socket);
    expect((await socket.listen('not.a.token', ['channel:update'])).error).toBe('ERR_BADAUTH');
    expect((await socket.listen('', ['channel:update'])).error).toBe('ERR_BADAUTH');
  });

  it('sends RECONNECT when the server stops', async () => {
    const socket = await listen(['channel:update']);
    await server.stop();
    await until(() => socket.closed() !== undefined, 'the socket is closed');
    expect(socket.frames.map(({ type }) => type)).toContain('RECONNECT');
    expect(socket.closed()).toBe(3001);
    await server.restart();
    await listen(['channel:update']);
  });
});
