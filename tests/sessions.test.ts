import type { Tokens } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { httpOf, makeGroup, type Person, signIn, signUp } from './support/people.ts';
import { type Server, startServer } from './support/server.ts';
import { connectSocketIO, type Talker } from './support/socketio.ts';
import { liveMs, sleep, until } from './support/until.ts';
import { openSignedIn, openSocket, type Wscat } from './support/wscat.ts';

/** Sockets of one session on every door. */
interface Sockets {
  plain: Wscat;
  main: Talker;
  chat: Talker;
}

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.close());

async function openAll({ access_token: token }: Tokens): Promise<Sockets> {
  const [plain, main, chat] = await Promise.all([
    openSignedIn(server.url, token),
    connectSocketIO(server.url, token),
    connectSocketIO(`${server.url}/chat`, token),
  ]);
  return { plain, main, chat };
}

function closeAll({ plain, main, chat }: Sockets): void {
  plain.close();
  main.close();
  chat.close();
}

const isOpen = ({ plain, main, chat }: Sockets): boolean[] => [
  plain.closed() === undefined,
  main.isConnected(),
  chat.isConnected(),
];

describe('a session that ends', () => {
  let person: Person;
  let other: Tokens;
  let sockets: Sockets;
  let others: Sockets;

  beforeEach(async () => {
    person = await signUp(server.url);
    other = await signIn(server.url, person.username);
    [sockets, others] = await Promise.all([openAll(person.tokens), openAll(other)]);
    return () => {
      closeAll(sockets);
      closeAll(others);
    };
  });

  const currentSession = async (tokens: Tokens): Promise<string> => {
    const { items } = await httpOf(server.url, tokens).call('sessions.list');
    return items.find(({ isCurrent }) => isCurrent)!.id;
  };

  const endings: [string, () => Promise<unknown>][] = [
    ['by its own logout', () => person.http.call('auth.logout')],
    [
      'by another device',
      async () => {
        const sessionId = await currentSession(person.tokens);
        await httpOf(server.url, other).call('sessions.end', { params: { sessionId } });
      },
    ],
    [
      'because a refresh token was used twice',
      async () => {
        const http = httpOf(server.url, person.tokens);
        const { refresh_token: first } = person.tokens;
        const second = await http.call('auth.refresh', { body: { refresh_token: first } });
        const third = await http.call('auth.refresh', { body: { refresh_token: second.refresh_token } });
        expect(third.refresh_token).not.toBe(second.refresh_token);
        await expect(http.call('auth.refresh', { body: { refresh_token: first } })).rejects.toMatchObject({
          code: 'refresh_reused',
        });
      },
    ],
  ];

  it.each(endings)('%s: its tokens are refused and its sockets closed at once, others stay', async (_how, end) => {
    await end();
    await until(
      () => isOpen(sockets).every((open) => !open),
      () => `all closed; open: ${isOpen(sockets)}`,
      liveMs,
    );
    expect(await sockets.plain.untilClosed()).toBe(3500);
    for (const socket of [sockets.main, sockets.chat]) {
      expect(socket.disconnectedBy()).toBe('io server disconnect');
      expect(socket.heard('error').at(-1)).toMatchObject({ error: 'SESSION_ENDED' });
    }

    await expectRefused(person.tokens);
    await sleep(300);
    expect(isOpen(others)).toEqual([true, true, true]);
    expect(await httpOf(server.url, other).call('me.get')).toMatchObject({ id: person.id });
  });

  /** On every door, with every kind of token that the session had. */
  async function expectRefused({ access_token, session_token, refresh_token }: Tokens): Promise<void> {
    for (const token of [access_token, session_token]) {
      const response = await fetch(`${server.url}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
      expect(response.status).toBe(401);
      await expect(connectSocketIO(server.url, token)).rejects.toThrow(/SESSION_ENDED|INVALID_TOKEN/);
      await expect(connectSocketIO(`${server.url}/chat`, token)).rejects.toThrow(/SESSION_ENDED|INVALID_TOKEN/);
    }
    const plain = await openSocket(server.url);
    plain.send({ type: 'auth', token: access_token });
    expect(await plain.untilClosed()).toBe(3501);
    const refresh = httpOf(server.url, person.tokens).call('auth.refresh', { body: { refresh_token } });
    await expect(refresh).rejects.toMatchObject({ status: 401 });
  }
});

describe('a member who is removed', () => {
  let owner: Person;
  let member: Person;
  let removed: Person;

  beforeEach(async () => {
    [owner, member, removed] = (await Promise.all([1, 2, 3].map(() => signUp(server.url)))) as [Person, Person, Person];
  });

  const say = (chatId: string, content: string) =>
    owner.http.call('messages.send', { params: { chatId }, body: { content } });

  const contentsOf = (events: readonly unknown[]): string[] =>
    events.map((event) => (event as { message: { content: string } }).message.content);

  async function openIn(chatId: string, person: Person): Promise<Sockets> {
    const sockets = await openAll(person.tokens);
    expect(await sockets.main.ask('room:join', { chatId })).toMatchObject({ ok: true });
    return sockets;
  }

  const heardBy = ({ plain, main, chat }: Sockets): string[][] => [
    contentsOf(plain.ofType('message')),
    contentsOf(main.heard('message.new')),
    contentsOf(chat.heard('chat.message.new')),
  ];

  const ends: [string, (chatId: string) => Promise<unknown>][] = [
    ['by the owner', (chatId) => owner.http.call('members.remove', { params: { chatId, userId: removed.id } })],
    ['by leaving', (chatId) => removed.http.call('chats.leave', { params: { chatId } })],
  ];

  it.each(ends)('%s: live sockets get nothing more of that chat, others do', async (_how, end) => {
    const { id: chatId } = await makeGroup(owner, [member, removed]);
    const { id: stillTheirs } = await makeGroup(owner, [removed]);
    const staying = await openIn(chatId, member);
    const leaving = await openIn(chatId, removed);
    expect(await leaving.main.ask('room:join', { chatId: stillTheirs })).toMatchObject({ ok: true });
    await say(chatId, 'before');
    const came = (sockets: Sockets, content: string) => () =>
      heardBy(sockets).every((heard) => heard.includes(content));
    await until(came(leaving, 'before'), 'what is said before arrives');

    await end(chatId);
    await say(chatId, 'after');
    await say(stillTheirs, 'elsewhere');
    await member.http.call('messages.send', { params: { chatId }, body: { content: 'also after' } });
    staying.plain.send({ type: 'typing', chatId });
    await until(
      () =>
        heardBy(staying)
          .slice(0, 2)
          .every((heard) => heard.includes('also after')),
      'others get it',
    );
    await until(came(leaving, 'elsewhere'), 'other chats go on');
    await sleep(300);

    for (const heard of heardBy(leaving)) expect(heard.filter((content) => content.includes('after'))).toEqual([]);
    expect(leaving.plain.ofType('typing')).toEqual([]);
    expect(leaving.plain.ofType('chat_deleted')).toMatchObject([{ chatId, reason: expect.any(String) }]);
    await expectShut(chatId, leaving);
    closeAll(staying);
    closeAll(leaving);
  });

  /** Neither by asking again nor by continuing from a position that was theirs. */
  async function expectShut(chatId: string, { plain, main }: Sockets): Promise<void> {
    const topic = `chat:${chatId}`;
    const { epoch } = plain.ofType('message')[0]!;
    const before = plain.ofType('message').length;
    expect(await plain.ask({ type: 'subscribe', chatId })).toMatchObject({ type: 'error', code: 'forbidden' });
    expect(await plain.ask({ type: 'resume', positions: { [topic]: { epoch, offset: 0 } } })).toMatchObject({
      type: 'resync',
    });
    expect(plain.ofType('message')).toHaveLength(before);
    expect(await main.ask('room:join', { chatId })).toMatchObject({ ok: false, error: 'FORBIDDEN' });
    expect(await main.ask('message:send', { chatId, clientId: 'late', body: 'late' })).toMatchObject({ ok: false });
    const { http } = removed;
    await expect(http.call('messages.page', { params: { chatId } })).rejects.toMatchObject({ code: 'chat_not_found' });
    const positions = { [topic]: { epoch: String(epoch), offset: 0 } };
    expect(await http.call('sync', { body: { positions } })).toMatchObject({ events: [], gone: [topic] });
  }
});
