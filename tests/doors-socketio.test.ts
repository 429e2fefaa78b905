import type { Chat } from '@parley/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyOf, written } from './support/history.ts';
import { makeGroup, type Person, signUp } from './support/people.ts';
import { type Server, startServer } from './support/server.ts';
import { connectSocketIO, type Talker } from './support/socketio.ts';
import { sleep, until } from './support/until.ts';

type Heard = { chatId: string; message: Record<string, unknown> } & Record<string, unknown>;

describe('Socket.IO, as socket.io-client sees it', () => {
  let server: Server;
  let ann: Person;
  let bob: Person;
  let eve: Person;
  let group: Chat;
  const talkers: Talker[] = [];

  beforeAll(async () => {
    // With limits on, as everybody has them.
    server = await startServer({ env: { RATE_LIMITS: 'on' } });
    [ann, bob, eve] = (await Promise.all(['ann', 'bob', 'eve'].map((name) => signUp(server.url, name)))) as [
      Person,
      Person,
      Person,
    ];
    group = await makeGroup(ann, [bob]);
  });
  afterAll(async () => {
    for (const talker of talkers) talker.close();
    await server?.close();
  });

  const connect = async (token: string | undefined, path = '', options = {}): Promise<Talker> => {
    const talker = await connectSocketIO(server.url + path, token, options);
    talkers.push(talker);
    return talker;
  };
  const enter = (person: Person, path = ''): Promise<Talker> => connect(person.tokens.access_token, path);
  /** In the room of the group. */
  const enterRoom = async (person: Person): Promise<Talker> => {
    const talker = await enter(person);
    expect(await talker.ask('room:join', { chatId: group.id })).toMatchObject({ ok: true });
    return talker;
  };
  const say = (content: string, chatId = group.id) =>
    ann.http.call('messages.send', { params: { chatId }, body: { content } });

  describe('signing in', () => {
    it('with an access or a session token, in the handshake or as a header, over websocket and polling', async () => {
      for (const token of [ann.tokens.access_token, ann.tokens.session_token]) {
        for (const transport of ['websocket', 'polling']) {
          const asHeader = { extraHeaders: { authorization: `Bearer ${token}` } };
          for (const [auth, options] of [
            [token, {}],
            [undefined, asHeader],
          ] as const) {
            const talker = await connect(auth, '', { transports: [transport], ...options });
            expect(talker.socket.io.engine.transport.name).toBe(transport);
            expect(await talker.ask('presence:ping', {})).toMatchObject({ ok: true });
          }
        }
      }
    });

    it('is refused with connect_error, on both namespaces', async () => {
      for (const path of ['', '/chat']) {
        await expect(connect(undefined, path)).rejects.toThrow('UNAUTHORIZED');
        await expect(connect('nonsense', path)).rejects.toThrow(/INVALID_TOKEN|UNAUTHORIZED/);
      }
      await expect(connect(ann.tokens.access_token, '/elsewhere')).rejects.toThrow('Invalid namespace');
    });

    it('moves from polling to websocket without losing anything', async () => {
      const talker = await connect(bob.tokens.access_token, '', { transports: ['polling', 'websocket'] });
      await talker.ask('room:join', { chatId: group.id });
      for (let count = 0; count < 5; count += 1) await say(`while it moves ${count}`);
      await until(() => talker.heard('message.new').length === 5, 'all five come');
      await until(() => talker.socket.io.engine.transport.name === 'websocket', 'it moved');
    });
  });

  describe('the default namespace', () => {
    it('room:join: a position for members, FORBIDDEN for others, VALIDATION_ERROR for nonsense', async () => {
      const [talker, outsider] = [await enter(bob), await enter(eve)];
      const joined = await talker.ask('room:join', { chatId: group.id });
      expect(joined).toEqual({ ok: true, data: { epoch: expect.any(String), offset: expect.any(Number) } });
      const refused = (error: string) => ({
        ok: false,
        error,
        message: expect.any(String),
        correlationId: expect.any(String),
      });
      expect(await outsider.ask('room:join', { chatId: group.id })).toMatchObject(refused('FORBIDDEN'));
      const nowhere = '01a1f71a-d331-769e-aba9-ad45b675d58e';
      expect(await talker.ask('room:join', { chatId: nowhere })).toMatchObject(refused('FORBIDDEN'));
      for (const nonsense of [{}, { chatId: 7 }, { chatId: 'no id' }, 'text', null, []]) {
        expect(await talker.ask('room:join', nonsense)).toMatchObject(refused('VALIDATION_ERROR'));
      }
      await say('for the room');
      await until(() => talker.heard('message.new').length === 1, 'the member hears it');
      await sleep(200);
      expect(outsider.heard('message.new')).toEqual([]);
    });

    it('room:join with `since` and the handshake with `since`: what was missed, in order', async () => {
      const { position } = await bob.http.call('messages.page', { params: { chatId: group.id } });
      for (const content of ['missed 1', 'missed 2']) await say(content);
      const contents = (talker: Talker) => talker.heard('message.new').map((event) => (event as Heard).message.content);
      const joining = await enter(bob);
      await joining.ask('room:join', { chatId: group.id, since: position });
      const since = { [`chat:${group.id}`]: position };
      const resuming = await connect(undefined, '', { auth: { token: bob.tokens.access_token, since } });
      for (const talker of [joining, resuming]) {
        await until(() => talker.heard('message.new').length >= 2, 'what was missed comes');
        expect(contents(talker)).toEqual(['missed 1', 'missed 2']);
      }
    });

    it('room:leave: nothing more of the room', async () => {
      const talker = await enterRoom(bob);
      expect(await talker.ask('room:leave', { chatId: group.id })).toMatchObject({ ok: true });
      await say('unheard');
      await sleep(300);
      expect(talker.heard('message.new')).toEqual([]);
    });

    it('message:send: acknowledged, told to the room but not to the socket that sent it', async () => {
      const [sending, second, toBob] = [await enterRoom(ann), await enterRoom(ann), await enterRoom(bob)];
      const ack = await sending.ask('message:send', { chatId: group.id, clientId: 'c-1', body: 'by socket' });
      expect(ack).toEqual({ ok: true, data: { clientId: 'c-1', serverId: expect.any(String) } });
      for (const talker of [second, toBob]) await until(() => talker.heard('message.new').length > 0, 'it is told');
      expect(toBob.heard('message.new')[0]).toMatchObject({
        chatId: group.id,
        topic: `chat:${group.id}`,
        epoch: expect.any(String),
        offset: expect.any(Number),
        message: { id: ack.data?.serverId, content: 'by socket', status: 'sent' },
      });
      const again = await sending.ask('message:send', { chatId: group.id, clientId: 'c-1', body: 'by socket' });
      expect(again).toEqual(ack);
      await say('by REST');
      await until(() => sending.heard('message.new').length > 0, 'a send by REST reaches all of the sender’s sockets');
      await sleep(200);
      const told = (talker: Talker) => talker.heard('message.new').map((event) => (event as Heard).message.content);
      expect(told(sending)).toEqual(['by REST']);
      expect(told(second)).toEqual(['by socket', 'by REST']);
      expect(told(toBob)).toEqual(['by socket', 'by REST']);
    });

    it('message:send: refused when it is not allowed, empty or nonsense', async () => {
      const [talker, outsider] = [await enter(bob), await enter(eve)];
      const send = { chatId: group.id, clientId: 'c-2', body: 'x' };
      expect(await outsider.ask('message:send', send)).toMatchObject({ ok: false, error: 'FORBIDDEN' });
      expect(await talker.ask('message:send', { ...send, body: ' ' })).toMatchObject({ error: 'MESSAGE_EMPTY' });
      expect(await talker.ask('message:send', { ...send, body: 7 })).toMatchObject({ error: 'VALIDATION_ERROR' });
      expect(await talker.ask('message:send', { body: 'x' })).toMatchObject({ error: 'VALIDATION_ERROR' });
      expect(written(await historyOf(ann, group.id)).filter(({ content }) => content === 'x')).toEqual([]);
    });

    it('message:send: more than 10 in 10 s is RATE_LIMITED, and what is refused is not kept', async () => {
      const greta = await signUp(server.url, 'greta');
      const { id: chatId } = await makeGroup(greta, []);
      const talker = await enter(greta);
      const sends = Array.from({ length: 14 }, (_, index) =>
        talker.ask('message:send', { chatId, clientId: `fast-${index}`, body: `${index}` }),
      );
      const acks = await Promise.all(sends);
      expect(acks.map(({ ok }) => ok)).toEqual([...Array(10).fill(true), ...Array(4).fill(false)]);
      expect(acks.at(-1)).toMatchObject({ error: 'RATE_LIMITED', correlationId: expect.any(String) });
      expect(written(await historyOf(greta, chatId)).map(({ content }) => Number(content))).toEqual([
        ...Array(10).keys(),
      ]);
    });

    it('receipt:read and presence:ping', async () => {
      const [toAnn, talker] = [await enterRoom(ann), await enterRoom(bob)];
      const { id: messageId } = await say('read me');
      expect(await talker.ask('receipt:read', { chatId: group.id, messageId })).toEqual({
        ok: true,
        data: { readAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
      });
      await until(() => toAnn.heard('receipt.updated').length > 0, 'the receipt is told');
      expect(toAnn.heard('receipt.updated')[0]).toMatchObject({ chatId: group.id, sequence: expect.any(Number) });
      const { data } = await talker.ask('presence:ping', {});
      expect(Math.abs(Date.parse(String(data?.serverTime)) - Date.now())).toBeLessThan(5_000);
      expect(await talker.ask('receipt:read', { chatId: group.id })).toMatchObject({ error: 'VALIDATION_ERROR' });
    });

    it('typing: to the room, never back to the sender, and ignored when not allowed', async () => {
      const [typist, second, toBob, outsider] = [
        await enterRoom(ann),
        await enterRoom(ann),
        await enterRoom(bob),
        await enter(eve),
      ];
      outsider.emit('typing:start', { chatId: group.id });
      typist.emit('typing:start', { chatId: group.id });
      await until(() => toBob.heard('typing.updated').length === 1, 'it starts');
      typist.emit('typing:stop', { chatId: group.id });
      await until(() => toBob.heard('typing.updated').length === 2, 'it stops');
      const { myParticipantId: userId } = group;
      expect(toBob.heard('typing.updated')).toMatchObject([
        { chatId: group.id, userId, state: 'start' },
        { chatId: group.id, userId, state: 'stop' },
      ]);
      await sleep(200);
      for (const talker of [typist, second, outsider]) expect(talker.heard('typing.updated')).toEqual([]);
      expect(outsider.heard('error')).toEqual([]);
    });

    it('tells what concerns a person without any room, once', async () => {
      const talker = await enterRoom(bob);
      const { id: chatId } = await makeGroup(ann, [bob], 'begun later');
      await until(() => talker.heard('chat.created').length > 0, 'the chat is told');
      expect(talker.heard('chat.created')).toMatchObject([{ chat: { id: chatId, title: 'begun later' } }]);
      await ann.http.call('chats.update', { params: { chatId: group.id }, body: { title: 'renamed' } });
      await until(() => talker.heard('chat.updated').length > 0, 'the name is told');
      await sleep(200);
      expect(talker.heard('chat.updated')).toMatchObject([{ chatId: group.id, chat: { title: 'renamed' } }]);
    });

    it('tells failures outside acks as `error`', async () => {
      const talker = await enter(eve);
      talker.emit('room:join', { chatId: group.id });
      await until(() => talker.heard('error').length === 1, 'the error comes');
      expect(talker.heard('error')[0]).toMatchObject({ error: 'FORBIDDEN', message: expect.any(String) });
    });
  });

  describe('the namespace /chat', () => {
    it('six steps: A posts, B is told, A is not, and the history shows it', async () => {
      const direct = await ann.http.call('chats.create', { body: { type: 'direct', memberIds: [bob.id] } });
      const [fromA, toB, toE] = [await enter(ann, '/chat'), await enter(bob, '/chat'), await enter(eve, '/chat')];
      const response = await fetch(`${server.url}/chats/${direct.id}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ann.tokens.access_token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ content: 'hello B', clientMessageId: 'six-steps' }),
      });
      expect(response.status).toBe(202);
      const accepted = (await response.json()) as { id: string; brokerMessageId: string };
      expect(accepted.brokerMessageId).toEqual(expect.any(String));
      await until(() => toB.heard('chat.message.new').length > 0, 'B is told');
      expect(toB.heard('chat.message.new')).toMatchObject([
        {
          chatId: direct.id,
          message: { id: accepted.id, chatId: direct.id, content: 'hello B', sequence: 1, status: 'sent' },
        },
      ]);
      await sleep(300);
      expect([fromA, toE].map((talker) => talker.heard('chat.message.new'))).toEqual([[], []]);
      expect(await historyOf(bob, direct.id)).toMatchObject([{ id: accepted.id, sequence: 1, content: 'hello B' }]);
    });
  });
});
